package dev.millrace.serving.semantic;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Writes SQL from left to right. What a caller sent goes in by {@link #value} and no other way. */
final class SqlWriter {

    private final StringBuilder sql = new StringBuilder(512);
    private final List<String> values = new ArrayList<>();
    private final boolean constant;

    SqlWriter() {
        this(false);
    }

    private SqlWriter(boolean constant) {
        this.constant = constant;
    }

    /** For SQL without parameters, of which none comes from a caller. */
    static SqlWriter ofConstants() {
        return new SqlWriter(true);
    }

    SqlWriter text(String trusted) {
        sql.append(trusted);
        return this;
    }

    SqlWriter quoted(String identifier) {
        sql.append('"').append(identifier.replace("\"", "\"\"")).append('"');
        return this;
    }

    /** Text of the model, as a constant. */
    SqlWriter literal(String trusted) {
        sql.append('\'').append(trusted.replace("'", "''")).append('\'');
        return this;
    }

    SqlWriter value(String value) {
        if (constant) {
            return literal(value);
        }
        values.add(value);
        sql.append('$').append(values.size());
        return this;
    }

    <T> SqlWriter each(Iterable<T> items, String separator, Consumer<T> write) {
        boolean first = true;
        for (T item : items) {
            if (!first) {
                sql.append(separator);
            }
            first = false;
            write.accept(item);
        }
        return this;
    }

    SqlStatement statement() {
        return new SqlStatement(sql.toString(), values);
    }
}
