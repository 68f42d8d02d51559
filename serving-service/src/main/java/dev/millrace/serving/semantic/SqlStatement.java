package dev.millrace.serving.semantic;

import java.util.List;

/**
 * SQL and the values of its parameters {@code $1}, {@code $2}, …, each as text whose type the
 * database infers.
 */
public record SqlStatement(String sql, List<String> values) {

    public SqlStatement {
        values = List.copyOf(values);
    }
}
