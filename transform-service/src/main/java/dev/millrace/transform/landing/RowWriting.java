package dev.millrace.transform.landing;

import dev.millrace.contracts.record.QuarantineReason;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.value.Times;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.TableKind;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes the rows of a batch into their tables. */
final class RowWriting {

    private final AppendingWriter appending = new AppendingWriter();
    private final MergingWriter merging = new MergingWriter();

    /**
     * What was written.
     *
     * @param fresh records of which a row is new, by their place in the batch
     */
    record Written(List<LandedStreams.Change> changes, BitSet fresh) {}

    /**
     * Writes the rows of all tables in the connection's transaction. Records with a row that
     * PostgreSQL refuses are rejected in the batch, and none of their rows are written.
     *
     * @param fresh records that are known to be new in a table that the plans leave out
     */
    Written write(
            Connection connection,
            LandingBatch batch,
            List<TablePlan> plans,
            BitSet fresh,
            Instant loadedAt)
            throws SQLException {
        Savepoint before = connection.setSavepoint();
        while (true) {
            try {
                return tryWrite(connection, batch, plans, (BitSet) fresh.clone(), loadedAt);
            } catch (BadRowsException e) {
                // A record lands whole or not at all: the rows that its other tables have of it go.
                connection.rollback(before);
                for (BadRowsException.BadRow bad : e.rows()) {
                    batch.reject(
                            new Rejection(
                                    bad.row().record(),
                                    e.relation().schema(),
                                    e.relation().name(),
                                    QuarantineReason.REJECTED,
                                    bad.detail(),
                                    ""));
                }
            }
        }
    }

    private Written tryWrite(
            Connection connection,
            LandingBatch batch,
            List<TablePlan> plans,
            BitSet landed,
            Instant loadedAt)
            throws SQLException, BadRowsException {
        long micros = Times.micros(loadedAt);
        Map<Relation, LandedStreams.Change> changes = new HashMap<>();
        for (TablePlan plan : plans) {
            List<Row> rows =
                    plan.batch().rows().stream()
                            .filter(row -> !batch.isExcluded(row.record()))
                            .toList();
            if (rows.isEmpty()) {
                continue;
            }
            if (plan.batch().kind() == TableKind.APPENDED) {
                AppendingWriter.Written written = appending.write(connection, plan, rows, micros);
                landed.or(written.records());
                changes.put(
                        plan.relation(),
                        LandedStreams.Change.of(
                                plan.relation(), rows, written.records(), written.duplicates()));
            } else {
                // What was a duplicate in the stream's own table has had its say already.
                List<Row> fresh = rows.stream().filter(row -> landed.get(row.record())).toList();
                long merged = merging.write(connection, plan, fresh, micros);
                changes.put(
                        plan.relation(),
                        LandedStreams.Change.merged(plan.relation(), fresh, merged));
            }
        }
        return new Written(List.copyOf(changes.values()), landed);
    }
}
