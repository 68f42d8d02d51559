package dev.millrace.transform.landing;

import dev.millrace.contracts.record.QuarantineReason;
import dev.millrace.transform.landing.identity.IdentityLedger;
import dev.millrace.transform.landing.identity.IdentityLedger.Added;
import dev.millrace.transform.landing.identity.IdentityLedger.Admission;
import dev.millrace.transform.landing.identity.StaleIdentitiesException;
import dev.millrace.transform.landing.load.Loads;
import dev.millrace.transform.landing.row.ContractViolationException;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.value.Times;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.TableKind;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Writes the rows of a batch into their tables. */
final class RowWriting {

    /** Others may add the same identities at the same time, but hardly ever twice in a row. */
    private static final int MOST_ATTEMPTS = 20;

    private final IdentityLedger identities;
    private final AppendingWriter appending;
    private final MergingWriter merging = new MergingWriter();
    private final ChangeWriter changing = new ChangeWriter();
    private final ReplacingWriter replacing;

    RowWriting(IdentityLedger identities, Loads loads) {
        this.identities = identities;
        this.replacing = new ReplacingWriter(loads);
        this.appending = new AppendingWriter(identities);
    }

    /**
     * What was written.
     *
     * @param fresh records of which a row is new, by their place in the batch
     * @param whenCommitted to be run once the transaction is committed
     */
    record Written(List<LandedStreams.Change> changes, BitSet fresh, Runnable whenCommitted) {}

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
        for (int overtaken = 0; overtaken < MOST_ATTEMPTS; ) {
            List<Added> added = new ArrayList<>();
            try {
                Written written =
                        tryWrite(
                                connection,
                                batch,
                                plans,
                                (BitSet) fresh.clone(),
                                loadedAt,
                                added,
                                overtaken > 0);
                Admission admission = identities.admit(connection, added);
                if (admission.isGranted()) {
                    return new Written(
                            written.changes(), written.fresh(), admission.whenCommitted());
                }
                // Others were faster with some; those are known now.
                undo(connection, before);
                overtaken++;
            } catch (StaleIdentitiesException e) {
                undo(connection, before);
                identities.renew(e.relation());
                overtaken++;
            } catch (BadRowsException e) {
                // Fewer are left each time. A record lands whole or not at all: the rows that its
                // other tables have of it go.
                undo(connection, before);
                reject(batch, plans, e);
            } catch (SQLException e) {
                // If alone does not help, it is about locks from before, which stay.
                if (!SqlErrors.isOvertaken(e) || (overtaken > 0 && SqlErrors.isDeadlock(e))) {
                    throw e;
                }
                undo(connection, before);
                overtaken++;
            }
        }
        throw new SQLException(
                "others changed the same tables %d times in a row; this is tried again"
                        .formatted(MOST_ATTEMPTS),
                SqlErrors.OVERTAKEN);
    }

    private void undo(Connection connection, Savepoint before) throws SQLException {
        connection.rollback(before);
        appending.end();
    }

    /** To be called once what was written is committed and known, or undone. */
    void end() {
        appending.end();
    }

    private static void reject(LandingBatch batch, List<TablePlan> plans, BadRowsException e) {
        for (BadRowsException.BadRow bad : e.rows()) {
            batch.reject(rejection(plans, e.relation(), bad));
        }
    }

    /** A contract's own index speaks for the contract, which says no more than it may. */
    private static Rejection rejection(
            List<TablePlan> plans, Relation relation, BadRowsException.BadRow bad) {
        Optional<ContractViolationException> violation =
                plans.stream()
                        .filter(plan -> plan.relation().equals(relation))
                        .flatMap(plan -> Stream.ofNullable(plan.batch().check()))
                        .flatMap(check -> Stream.ofNullable(check.broken(bad.constraint())))
                        .findFirst();
        return new Rejection(
                bad.row().record(),
                relation.schema(),
                relation.name(),
                violation.isPresent()
                        ? QuarantineReason.CONTRACT_VIOLATION
                        : QuarantineReason.REJECTED,
                violation.map(broken -> String.valueOf(broken.getMessage())).orElse(bad.detail()),
                violation.map(ContractViolationException::column).orElse(""));
    }

    private Written tryWrite(
            Connection connection,
            LandingBatch batch,
            List<TablePlan> plans,
            BitSet landed,
            Instant loadedAt,
            List<Added> added,
            boolean alone)
            throws SQLException, BadRowsException, StaleIdentitiesException {
        long micros = Times.micros(loadedAt);
        Map<Relation, LandedStreams.Change> changes = new HashMap<>();
        for (TablePlan plan : plans) {
            List<Row> rows =
                    batch.excludesNone()
                            ? plan.batch().rows()
                            : plan.batch().rows().stream()
                                    .filter(row -> !batch.isExcluded(row.record()))
                                    .toList();
            if (rows.isEmpty()) {
                continue;
            }
            if (plan.batch().kind() == TableKind.APPENDED) {
                AppendingWriter.Written written = appending.write(connection, plan, rows, micros);
                landed.or(written.records());
                if (written.rows() > 0) {
                    added.add(written.added());
                }
                changes.put(
                        plan.relation(),
                        LandedStreams.Change.of(
                                plan.relation(), rows, written.records(), written.duplicates()));
            } else if (plan.batch().kind() == TableKind.REPLACED) {
                List<Row> waiting = replacing.write(connection, plan, rows, micros);
                waiting.forEach(row -> landed.set(row.record()));
                changes.put(
                        plan.relation(),
                        LandedStreams.Change.waiting(
                                plan.relation(), waiting, rows.size() - waiting.size()));
            } else if (plan.batch().kind().isChanged()) {
                long changed = changing.write(connection, plan, rows, micros, alone);
                rows.forEach(row -> landed.set(row.record()));
                changes.put(
                        plan.relation(),
                        LandedStreams.Change.changed(plan.relation(), rows, changed));
            } else {
                // What was a duplicate in the stream's own table has had its say already.
                List<Row> fresh = rows.stream().filter(row -> landed.get(row.record())).toList();
                long merged = merging.write(connection, plan, fresh, micros);
                changes.put(
                        plan.relation(),
                        LandedStreams.Change.merged(plan.relation(), fresh, merged));
            }
        }
        return new Written(List.copyOf(changes.values()), landed, () -> {});
    }
}
