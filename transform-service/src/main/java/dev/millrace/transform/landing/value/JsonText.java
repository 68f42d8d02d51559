package dev.millrace.transform.landing.value;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/**
 * Writes JSON that PostgreSQL accepts as {@code jsonb}: numbers digit by digit as they came, or as
 * a string where {@code numeric} cannot hold them; U+FFFD for the character NUL.
 */
public final class JsonText {

    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private JsonText() {}

    /** The object or array that the parser stands at the beginning of; it ends at its end. */
    public static Json copy(JsonParser parser) {
        Bytes out = new Bytes(256);
        int depth = 0;
        boolean first = true;
        JsonToken token = parser.currentToken();
        while (true) {
            boolean closes = token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY;
            if (!first && !closes) {
                out.addByte(',');
            }
            if (token == JsonToken.PROPERTY_NAME) {
                string(out, Text.clean(parser.currentName()));
                out.addByte(':');
                token = parser.nextToken();
            }
            first = false;
            switch (token) {
                case START_OBJECT, START_ARRAY -> {
                    out.addByte(token == JsonToken.START_OBJECT ? '{' : '[');
                    depth++;
                    first = true;
                }
                case END_OBJECT, END_ARRAY -> {
                    out.addByte(token == JsonToken.END_OBJECT ? '}' : ']');
                    depth--;
                }
                case VALUE_STRING -> string(out, Text.clean(parser.getString()));
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(out, parser.getString());
                case VALUE_TRUE -> out.add(TRUE);
                case VALUE_FALSE -> out.add(FALSE);
                default -> out.add(NULL);
            }
            if (depth == 0) {
                return new Json(out.toByteArray());
            }
            token = parser.nextToken();
        }
    }

    /** Adds a member to an object that is still open; the first one opens it. */
    public static void member(Bytes open, String name, Object value) {
        open.addByte(open.size() == 0 ? '{' : ',');
        string(open, name);
        open.addByte(':');
        value(open, value);
    }

    /** The JSON object that begins with these bytes and lacks but its end. */
    public static Json closedObject(Bytes open) {
        open.addByte('}');
        return new Json(open.toByteArray());
    }

    /** Adds a value of a row as JSON. */
    public static void value(Bytes out, Object value) {
        switch (value) {
            case Json json -> out.add(json.utf8());
            case Boolean flag -> out.add(flag ? TRUE : FALSE);
            case Long number -> out.addUtf8(number.toString());
            case BigDecimal number -> out.addUtf8(number.toString());
            case Double number when Double.isFinite(number) -> out.addUtf8(number.toString());
            case Written written -> string(out, written.text());
            default -> string(out, value.toString());
        }
    }

    /** Adds a JSON string. */
    public static void string(Bytes out, String text) {
        out.addByte('"');
        int plain = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c != '"' && c != '\\') {
                continue;
            }
            out.addUtf8(text.substring(plain, i));
            plain = i + 1;
            out.addByte('\\');
            switch (c) {
                case '"', '\\' -> out.addByte(c);
                case '\n' -> out.addByte('n');
                case '\r' -> out.addByte('r');
                case '\t' -> out.addByte('t');
                default -> {
                    out.addByte('u');
                    out.addByte('0');
                    out.addByte('0');
                    out.addByte(HEX[c >> 4]);
                    out.addByte(HEX[c & 0xF]);
                }
            }
        }
        out.addUtf8(plain == 0 ? text : text.substring(plain));
        out.addByte('"');
    }

    private static void number(Bytes out, String text) {
        if (text.length() < 18 && text.indexOf('e') < 0 && text.indexOf('E') < 0) {
            out.addUtf8(text);
        } else if (Numbers.parse(text) instanceof BigDecimal number) {
            out.addUtf8(number.signum() == 0 ? number.toString() : text);
        } else {
            string(out, text);
        }
    }
}
