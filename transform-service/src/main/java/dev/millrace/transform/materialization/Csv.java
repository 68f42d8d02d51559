package dev.millrace.transform.materialization;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads CSV as Python's reader does, which dbt uses: an empty line is a row without values, a quote
 * within an unquoted value is a character, and what follows a closing quote belongs to the value.
 */
final class Csv {

    private enum State {
        AT_START,
        PLAIN,
        QUOTED,
        AFTER_QUOTE
    }

    private final char delimiter;
    private final List<List<String>> rows = new ArrayList<>();
    private List<String> row = new ArrayList<>();
    private final StringBuilder value = new StringBuilder();
    private State state = State.AT_START;

    private Csv(char delimiter) {
        this.delimiter = delimiter;
    }

    /** The rows of a file, whose line ends become line feeds, within quotes too. */
    static List<List<String>> parse(String text, char delimiter) {
        Csv csv = new Csv(delimiter);
        String lines = text.replace("\r\n", "\n").replace('\r', '\n');
        for (int i = lines.startsWith("\uFEFF") ? 1 : 0; i < lines.length(); i++) {
            csv.take(lines.charAt(i));
        }
        if (csv.state != State.AT_START || !csv.row.isEmpty()) {
            csv.endRow();
        }
        return csv.rows;
    }

    private void take(char c) {
        switch (state) {
            case QUOTED -> {
                if (c == '"') {
                    state = State.AFTER_QUOTE;
                } else {
                    value.append(c);
                }
            }
            case AFTER_QUOTE -> {
                if (c == '"') {
                    value.append(c);
                    state = State.QUOTED;
                } else {
                    takePlain(c);
                }
            }
            case AT_START -> {
                if (c == '"') {
                    state = State.QUOTED;
                } else {
                    takePlain(c);
                }
            }
            case PLAIN -> takePlain(c);
        }
    }

    private void takePlain(char c) {
        if (c == '\n') {
            endRow();
        } else if (c == delimiter) {
            endValue();
        } else {
            value.append(c);
            state = State.PLAIN;
        }
    }

    private void endValue() {
        row.add(value.toString());
        value.setLength(0);
        state = State.AT_START;
    }

    private void endRow() {
        boolean empty = state == State.AT_START && row.isEmpty();
        if (!empty) {
            endValue();
        }
        rows.add(row);
        row = new ArrayList<>();
    }
}
