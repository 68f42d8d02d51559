package dev.millrace.operations.audit;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Headers as people write them: the container reads Latin-1, what they type is UTF-8. */
public final class HeaderText {

    private HeaderText() {}

    /** What was typed; the header as it was read, if its bytes are no UTF-8. */
    public static String typed(String header) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(header.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            return header;
        }
    }

    /** Whether the text holds no control character but tabs. */
    public static boolean isHarmless(String header) {
        return typed(header).chars().noneMatch(c -> Character.isISOControl(c) && c != '\t');
    }
}
