package dev.millrace.transform.run;

import dev.millrace.transform.model.context.Warehouse;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.List;

/** Stands for the warehouse where templates are compiled and must not ask it. */
final class UnreachableWarehouse implements Warehouse {

    @Override
    public Answer execute(String sql, boolean fetch, @Nullable Integer limit) throws SQLException {
        throw refusal();
    }

    @Override
    public List<TypedColumn> columns(String sql) throws SQLException {
        throw refusal();
    }

    @Override
    public List<List<@Nullable Object>> rows(String sql, Object... parameters) throws SQLException {
        throw refusal();
    }

    @Override
    public void begin() throws SQLException {
        throw refusal();
    }

    @Override
    public void commit() throws SQLException {
        throw refusal();
    }

    private static SQLException refusal() {
        return new SQLException("the warehouse is not asked here");
    }
}
