package dev.millrace.transform.model;

import dev.millrace.transform.jinja.Arguments;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** {@code local_md5('text')}. */
final class Md5 {

    private Md5() {}

    static Object of(Arguments arguments) {
        String text = arguments.bind("local_md5", "value").text("value");
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("MD5")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }
}
