package dev.millrace.transform.model.context;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.List;

/** The connection that templates run their statements on. */
public interface Warehouse {

    /**
     * What a statement gave.
     *
     * @param message as dbt has it, for example {@code SELECT 4}
     * @param code the first words of it
     * @param rows rows that it wrote or gave; -1 if that makes no sense
     * @param table the rows, as templates see them
     */
    record Answer(String message, String code, long rows, Object table) {}

    /**
     * Runs a statement.
     *
     * @param fetch whether its rows are wanted
     * @param limit rows that are wanted at most; null for all
     */
    Answer execute(String sql, boolean fetch, @Nullable Integer limit) throws SQLException;

    /** A column that a query gives, with PostgreSQL's name of its type. */
    record TypedColumn(String name, String type) {}

    /** The columns that a query gives, without its rows. */
    List<TypedColumn> columns(String sql) throws SQLException;

    /** Rows of a query of our own; parameters are bound. */
    List<List<@Nullable Object>> rows(String sql, Object... parameters) throws SQLException;

    /** Begins a transaction unless one is open. */
    void begin() throws SQLException;

    /** Commits the transaction that is open, if any. */
    void commit() throws SQLException;
}
