package dev.millrace.transform.model.table;

import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;

import java.util.function.Function;

/** Reads an array as PostgreSQL writes it: {@code {1,2}}, {@code {{a,NULL},{"b,c",""}}}. */
final class ArrayText {

    private final String text;
    private final Function<String, Object> element;
    private int at;

    ArrayText(String text, Function<String, Object> element) {
        this.text = text;
        this.element = element;
        // Bounds that do not begin with 1 stand before it.
        this.at = text.startsWith("[") ? text.indexOf('=') + 1 : 0;
    }

    ListValue read() {
        ListValue list = new ListValue();
        expect('{');
        if (peek() == '}') {
            at++;
            return list;
        }
        while (true) {
            list.add(peek() == '{' ? read() : value());
            if (peek() == '}') {
                at++;
                return list;
            }
            expect(',');
        }
    }

    private Object value() {
        if (peek() == '"') {
            return element.apply(quoted());
        }
        int from = at;
        while (peek() != ',' && peek() != '}') {
            at++;
        }
        String value = text.substring(from, at);
        return value.equals("NULL") ? None.NONE : element.apply(value);
    }

    private String quoted() {
        StringBuilder value = new StringBuilder();
        for (at++; peek() != '"'; at++) {
            if (peek() == '\\') {
                at++;
            }
            value.append(peek());
        }
        at++;
        return value.toString();
    }

    private char peek() {
        if (at >= text.length()) {
            throw new IllegalArgumentException("the array has no end");
        }
        return text.charAt(at);
    }

    private void expect(char c) {
        if (peek() != c) {
            throw new IllegalArgumentException("the array lacks a " + c);
        }
        at++;
    }
}
