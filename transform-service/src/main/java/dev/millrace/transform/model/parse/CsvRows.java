package dev.millrace.transform.model.parse;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows that are written as CSV, by the names in its first line; an empty value is null. */
final class CsvRows {

    private final String text;
    private int at;

    private CsvRows(String text) {
        this.text = text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    static List<Map<String, @Nullable Object>> of(String text) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        CsvRows csv = new CsvRows(text);
        List<String> names = List.of();
        while (csv.at < csv.text.length()) {
            List<String> values = csv.line();
            if (values.equals(List.of(""))) {
                continue;
            }
            if (names.isEmpty()) {
                names = values.stream().map(String::strip).toList();
                continue;
            }
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                String value = i < values.size() ? values.get(i) : "";
                row.put(names.get(i), value.isEmpty() ? null : value);
            }
            rows.add(row);
        }
        return rows;
    }

    private List<String> line() {
        List<String> values = new ArrayList<>();
        while (true) {
            values.add(value());
            if (at >= text.length()) {
                return values;
            }
            char end = text.charAt(at++);
            if (end != ',') {
                if (end == '\r' && at < text.length() && text.charAt(at) == '\n') {
                    at++;
                }
                return values;
            }
        }
    }

    private String value() {
        StringBuilder value = new StringBuilder();
        boolean quoted = false;
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"' && quoted && at + 1 < text.length() && text.charAt(at + 1) == '"') {
                value.append(c);
                at++;
            } else if (c == '"' && (quoted || value.isEmpty())) {
                quoted = !quoted;
            } else if (!quoted && (c == ',' || c == '\n' || c == '\r')) {
                break;
            } else {
                value.append(c);
            }
        }
        return value.toString();
    }
}
