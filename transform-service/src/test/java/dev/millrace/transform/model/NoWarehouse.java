package dev.millrace.transform.model;

import dev.millrace.transform.model.context.Warehouse;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.List;

/** A warehouse that nobody must ask. */
final class NoWarehouse implements Warehouse {

    @Override
    public Answer execute(String sql, boolean fetch, @Nullable Integer limit) throws SQLException {
        throw new SQLException("the test has no warehouse");
    }

    @Override
    public List<TypedColumn> columns(String sql) throws SQLException {
        throw new SQLException("the test has no warehouse");
    }

    @Override
    public List<List<@Nullable Object>> rows(String sql, Object... parameters) throws SQLException {
        throw new SQLException("the test has no warehouse");
    }

    @Override
    public void begin() {}

    @Override
    public void commit() {}
}
