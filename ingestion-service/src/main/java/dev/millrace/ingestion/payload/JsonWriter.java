package dev.millrace.ingestion.payload;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * Writes a value as compact JSON in UTF-8. What UTF-8 cannot hold, a lone surrogate, is written as
 * the escape that it must have come as.
 */
public final class JsonWriter {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] buffer = new byte[512];
    private int size;

    private JsonWriter() {}

    public static byte[] bytes(Json value) {
        JsonWriter writer = new JsonWriter();
        writer.write(value);
        return Arrays.copyOf(writer.buffer, writer.size);
    }

    private void write(Json value) {
        switch (value) {
            case Json.Struct struct -> {
                char separator = '{';
                for (Map.Entry<String, Json> field : struct.fields().entrySet()) {
                    put(separator);
                    separator = ',';
                    text(field.getKey());
                    put(':');
                    write(field.getValue());
                }
                if (separator == '{') {
                    put('{');
                }
                put('}');
            }
            case Json.Sequence sequence -> {
                char separator = '[';
                for (Json item : sequence.items()) {
                    put(separator);
                    separator = ',';
                    write(item);
                }
                if (separator == '[') {
                    put('[');
                }
                put(']');
            }
            case Json.Text text -> text(text.value());
            case Json.Numeral numeral -> ascii(numeral.digits());
            case Json.Literal literal -> ascii(literal.word());
        }
    }

    private void ascii(String characters) {
        room(characters.length());
        for (int i = 0; i < characters.length(); i++) {
            buffer[size++] = (byte) characters.charAt(i);
        }
    }

    private void text(String value) {
        put('"');
        for (int i = 0; i < value.length(); i++) {
            room(6);
            char c = value.charAt(i);
            if (c < 0x80) {
                character(c);
            } else if (c < 0x800) {
                buffer[size++] = (byte) (0xC0 | (c >> 6));
                buffer[size++] = (byte) (0x80 | (c & 0x3F));
            } else if (!Character.isSurrogate(c)) {
                buffer[size++] = (byte) (0xE0 | (c >> 12));
                buffer[size++] = (byte) (0x80 | ((c >> 6) & 0x3F));
                buffer[size++] = (byte) (0x80 | (c & 0x3F));
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                i++;
                int point = Character.toCodePoint(c, value.charAt(i));
                buffer[size++] = (byte) (0xF0 | (point >> 18));
                buffer[size++] = (byte) (0x80 | ((point >> 12) & 0x3F));
                buffer[size++] = (byte) (0x80 | ((point >> 6) & 0x3F));
                buffer[size++] = (byte) (0x80 | (point & 0x3F));
            } else {
                escape(c);
            }
        }
        put('"');
    }

    private void character(char c) {
        switch (c) {
            case '"', '\\' -> escape((byte) c);
            case '\n' -> escape((byte) 'n');
            case '\r' -> escape((byte) 'r');
            case '\t' -> escape((byte) 't');
            default -> {
                if (c < 0x20) {
                    escape(c);
                } else {
                    buffer[size++] = (byte) c;
                }
            }
        }
    }

    private void escape(byte letter) {
        buffer[size++] = '\\';
        buffer[size++] = letter;
    }

    private void escape(char c) {
        escape((byte) 'u');
        for (int shift = 12; shift >= 0; shift -= 4) {
            buffer[size++] = HEX[(c >> shift) & 0xF];
        }
    }

    private void put(char c) {
        room(1);
        buffer[size++] = (byte) c;
    }

    private void room(int bytes) {
        if (size + bytes > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + bytes));
        }
    }
}
