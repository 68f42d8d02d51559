package dev.millrace.transform.materialization;

import java.util.ArrayList;
import java.util.List;

/** Reads CSV as RFC 4180 has it, with any line ends. */
final class Csv {

    private Csv() {}

    static List<List<String>> parse(String text, char delimiter) throws BuildFailedException {
        List<List<String>> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        StringBuilder value = new StringBuilder();
        boolean quoted = false;
        boolean any = false;
        int i = text.startsWith("\uFEFF") ? 1 : 0;
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c != '"') {
                    value.append(c);
                } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    value.append('"');
                    i++;
                } else {
                    quoted = false;
                }
            } else if (c == '"' && value.isEmpty()) {
                quoted = true;
                any = true;
            } else if (c == delimiter) {
                row.add(value.toString());
                value.setLength(0);
                any = true;
            } else if (c == '\n' || c == '\r') {
                if (any || !value.isEmpty()) {
                    row.add(value.toString());
                    rows.add(row);
                }
                row = new ArrayList<>();
                value.setLength(0);
                any = false;
            } else {
                value.append(c);
                any = true;
            }
        }
        if (quoted) {
            throw new BuildFailedException("row " + rows.size() + " has a quote without an end");
        }
        if (any || !value.isEmpty()) {
            row.add(value.toString());
            rows.add(row);
        }
        return rows;
    }
}
