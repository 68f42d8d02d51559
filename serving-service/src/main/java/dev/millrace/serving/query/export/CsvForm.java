package dev.millrace.serving.query.export;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * CSV by RFC 4180 with a header. An empty field is null; a text of no length is {@code ""}.
 * Characters that spreadsheets take for a formula's are left as they are: a file for programs must
 * hold the data itself.
 */
final class CsvForm implements RowForm {

    private final OutputStream out;
    private final List<ExportColumn> columns;
    private final StringBuilder line = new StringBuilder();

    CsvForm(OutputStream out, List<ExportColumn> columns) throws IOException {
        this.out = out;
        this.columns = columns;
        for (int i = 0; i < columns.size(); i++) {
            separate(i);
            field(columns.get(i).name());
        }
        endLine();
    }

    @Override
    public void write(@Nullable String[] values) throws IOException {
        for (int i = 0; i < columns.size(); i++) {
            separate(i);
            String value = values[i];
            if (value != null) {
                field(columns.get(i).wording().apply(value));
            }
        }
        endLine();
    }

    private void separate(int column) {
        if (column > 0) {
            line.append(',');
        }
    }

    private void field(String text) {
        if (!needsQuotes(text)) {
            line.append(text);
            return;
        }
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            line.append(c);
            if (c == '"') {
                line.append('"');
            }
        }
        line.append('"');
    }

    /** Blanks at an end are the field's by the RFC, but some readers strip them. */
    private static boolean needsQuotes(String text) {
        if (text.isEmpty() || isBlank(text.charAt(0)) || isBlank(text.charAt(text.length() - 1))) {
            return true;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ',' || c == '"' || c == '\r' || c == '\n') {
                return true;
            }
        }
        return false;
    }

    private static boolean isBlank(char c) {
        return c <= ' ' || c == '\uFEFF';
    }

    private void endLine() throws IOException {
        line.append("\r\n");
        out.write(line.toString().getBytes(StandardCharsets.UTF_8));
        line.setLength(0);
    }

    @Override
    public void end() {}
}
