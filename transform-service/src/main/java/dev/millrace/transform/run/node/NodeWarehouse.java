package dev.millrace.transform.run.node;

import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.context.Warehouse;
import dev.millrace.transform.model.table.ResultTable;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The session of a node as its templates have it. */
final class NodeWarehouse implements Warehouse {

    /** Rows that a template may have of one statement: they all stand in memory. */
    private static final int MAX_ROWS = 1_000_000;

    private static final int MAX_REMEMBERED = 2;

    private final Session session;
    private boolean ownTransactions;
    private boolean open;
    private boolean remembers;
    private Session.@Nullable Outcome last;

    NodeWarehouse(Session session) {
        this.session = session;
    }

    @Override
    public Answer execute(String sql, boolean fetch, @Nullable Integer limit) throws SQLException {
        if (!fetch || remembers) {
            Session.Outcome outcome = session.run(sql, remembers ? MAX_REMEMBERED : 1);
            last = outcome;
            return answer(outcome.tag(), outcome.count(), ResultTable.EMPTY);
        }
        Session.Last<ResultTable> last =
                session.run(sql, limit == null ? MAX_ROWS : limit, ResultTable::read);
        ResultTable table = last.read() == null ? ResultTable.EMPTY : last.read();
        long count = last.read() == null ? last.count() : table.length();
        return answer(last.tag(), count, table);
    }

    private static Answer answer(String tag, long count, ResultTable table) {
        return new Answer(message(tag, count), tag, count, table);
    }

    private static String message(String tag, long count) {
        return switch (tag) {
            case "INSERT" -> "INSERT 0 " + count;
            case "SELECT", "UPDATE", "DELETE", "MERGE", "COPY", "FETCH" -> tag + " " + count;
            default -> tag;
        };
    }

    @Override
    public List<TypedColumn> columns(String sql) throws SQLException {
        Session.Outcome outcome = session.run(sql, 1);
        List<TypedColumn> columns = new ArrayList<>();
        for (int i = 0; i < outcome.columns().size(); i++) {
            columns.add(new TypedColumn(outcome.columns().get(i), outcome.types().get(i)));
        }
        return columns;
    }

    @Override
    public List<List<@Nullable Object>> rows(String sql, Object... parameters) throws SQLException {
        return session.rows(sql, parameters);
    }

    /** From now on rows are for who asks for {@link #last()}, and not for templates. */
    void remember() {
        remembers = true;
    }

    /** What the last statement of a template gave. */
    Session.Outcome last() {
        if (last == null) {
            throw new IllegalStateException("no statement was run");
        }
        return last;
    }

    /**
     * From now on statements begin transactions that the template itself commits. Before that each
     * statement is one of its own, or part of the transaction that places the relation.
     */
    void letTemplatesCommit() {
        ownTransactions = true;
    }

    @Override
    public void begin() throws SQLException {
        if (ownTransactions && !open) {
            session.run("BEGIN", 1);
            open = true;
        }
    }

    @Override
    public void commit() throws SQLException {
        if (open) {
            open = false;
            session.run("COMMIT", 1);
        }
    }

    /** Takes back what was begun and not committed. */
    void rollback() throws SQLException {
        if (open) {
            open = false;
            session.run("ROLLBACK", 1);
        }
    }
}
