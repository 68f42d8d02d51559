package dev.millrace.transform.landing;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.contracts.project.source.SchemaContract.Mode;
import dev.millrace.contracts.record.QuarantineReason;
import dev.millrace.transform.landing.Ledger.Step;
import dev.millrace.transform.landing.TablePlan.Room;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.row.RowBatch;
import dev.millrace.transform.landing.value.Times;
import dev.millrace.transform.publish.Datasets;
import dev.millrace.transform.quarantine.Quarantine;
import dev.millrace.transform.quarantine.QuarantinedRecord;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.Table;
import dev.millrace.transform.schema.TableKind;
import dev.millrace.transform.schema.Tables;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.sql.DataSource;

/**
 * Lands the batch of one poll: makes the tables ready, then, in one transaction, moves the ledger,
 * writes the rows, puts the rest into quarantine, and writes down what to tell the others.
 */
final class Landing {

    private static final Logger log = LoggerFactory.getLogger(Landing.class);

    /** A lander that stands still must not keep others waiting for its locks. */
    private static final String TIMEOUTS =
            "SET LOCAL idle_in_transaction_session_timeout = '30s';"
                    + "SET LOCAL statement_timeout = '5min';"
                    + "SET LOCAL lock_timeout = '30s';"
                    + "SET LOCAL synchronous_commit = on";

    /** How long others may keep a table from being changed before its rows go in as it is. */
    private static final Duration SHORT_PATIENCE = Duration.ofMillis(800);

    private static final Duration LONG_PATIENCE = Duration.ofSeconds(20);

    /** How long a table that could not be changed is left alone. */
    private static final Duration CHANGED_AGAIN_AFTER = Duration.ofSeconds(5);

    /** The table may change under the eyes of the plan; by the second look it has settled. */
    private static final int MAX_LOOKS = 5;

    private final DataSource database;
    private final Ledger ledger;
    private final Tables tables;
    private final Quarantine quarantine;
    private final Datasets datasets;
    private final Clock clock;
    private final int maxTables;
    private final Map<Relation, Long> unchangeableUntil = new HashMap<>();
    private final AppendingWriter appending = new AppendingWriter();
    private final MergingWriter merging = new MergingWriter();

    Landing(
            DataSource database,
            Ledger ledger,
            Tables tables,
            Quarantine quarantine,
            Datasets datasets,
            Clock clock,
            int maxTables) {
        this.database = database;
        this.ledger = ledger;
        this.tables = tables;
        this.quarantine = quarantine;
        this.datasets = datasets;
        this.clock = clock;
        this.maxTables = maxTables;
    }

    /**
     * Lands a batch, all of it or nothing.
     *
     * @param steps from where to where the batch brings each of its partitions
     * @throws FencedException if somebody else lands one of the partitions
     */
    Landed land(LandingBatch batch, List<Step> steps) throws SQLException, FencedException {
        List<TablePlan> plans = plan(batch);
        refuse(batch, plans);
        Instant loadedAt = clock.instant();
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(TIMEOUTS);
                }
                ledger.advance(connection, steps);
                Map<Relation, LandedStreams.Change> changes =
                        writeRows(connection, batch, plans, loadedAt);
                List<QuarantinedRecord> refused = QuarantineRecords.of(batch);
                quarantine.add(connection, refused);
                LandedStreams.add(connection, List.copyOf(changes.values()), loadedAt);
                List<DatasetChanged> told =
                        datasets.changed(
                                connection,
                                changes.values().stream()
                                        .filter(change -> change.rows() > 0)
                                        .map(LandedStreams.Change::toDatasetChange)
                                        .toList(),
                                batch.revision(),
                                loadedAt);
                connection.commit();
                return new Landed(batch, List.copyOf(changes.values()), refused, told, loadedAt);
            } catch (SQLException e) {
                if (SqlErrors.isAboutShape(e)) {
                    plans.forEach(plan -> tables.forget(plan.relation()));
                }
                rollback(connection, e);
                throw e;
            } catch (FencedException | RuntimeException e) {
                rollback(connection, e);
                throw e;
            }
        }
    }

    private static void rollback(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    /** The plans in the order in which all landers write: added rows first, then merged ones. */
    private List<TablePlan> plan(LandingBatch batch) throws SQLException {
        List<TablePlan> plans = new ArrayList<>();
        TableCounts counts = new TableCounts();
        for (LandingBatch.Part part : batch.parts()) {
            if (!part.rows().rows().isEmpty()) {
                plan(batch, part, counts).ifPresent(plans::add);
            }
        }
        plans.sort(
                Comparator.comparing((TablePlan plan) -> plan.batch().kind())
                        .thenComparing(TablePlan::relation));
        return plans;
    }

    /** How many tables sources have, counted once a batch. */
    private final class TableCounts {

        private final Map<String, Integer> bySchema = new HashMap<>();

        boolean isFull(String schema) throws SQLException {
            Integer count = bySchema.get(schema);
            if (count == null) {
                count = tables.count(schema);
                bySchema.put(schema, count);
            }
            return count >= maxTables;
        }

        void another(String schema) {
            bySchema.merge(schema, 1, Integer::sum);
        }
    }

    /** How the rows go in; nothing if the table cannot be had, and all of them are rejected. */
    private Optional<TablePlan> plan(LandingBatch batch, LandingBatch.Part part, TableCounts counts)
            throws SQLException {
        RowBatch rows = part.rows();
        Table table = tables.find(rows.relation()).orElse(null);
        for (int look = 1; ; look++) {
            TablePlan plan = plan(batch, part, table, Room.TO_GROW);
            boolean ready = plan.needed().isEmpty() && !plan.needsTable();
            if (ready || plan.refusal() != null) {
                return Optional.of(plan);
            }
            if (plan.needsTable() && counts.isFull(rows.relation().schema())) {
                rejectAll(
                        batch,
                        rows,
                        QuarantineReason.SCHEMA_CONTRACT,
                        "%s has %d tables already, and gets no more (millrace.landing.max-tables)"
                                .formatted(rows.relation().schema(), maxTables));
                return Optional.empty();
            }
            boolean canWait = table != null && table.type(Table.EXTRA) != null;
            if (canWait && isLeftAlone(rows.relation())) {
                return Optional.of(plan(batch, part, table, Room.AS_IT_IS));
            }
            if (look == MAX_LOOKS) {
                throw new SQLException(
                        "%s still lacks %s after %d attempts to add them; does somebody else drop them?"
                                .formatted(rows.relation(), plan.needed(), look));
            }
            if (plan.needsTable()) {
                counts.another(rows.relation().schema());
            }
            try {
                table =
                        tables.evolve(
                                rows.relation(),
                                rows.kind(),
                                plan.needed(),
                                batch.position(rows.rows().getFirst().record()),
                                batch.revision(),
                                canWait ? SHORT_PATIENCE : LONG_PATIENCE);
            } catch (SQLException e) {
                if (SqlErrors.isAboutRelation(e)) {
                    rejectAll(
                            batch,
                            rows,
                            QuarantineReason.REJECTED,
                            "the table %s cannot be made ready: %s"
                                    .formatted(rows.relation(), e.getMessage()));
                    return Optional.empty();
                }
                if (!canWait || !Tables.isLockMissed(e)) {
                    throw e;
                }
                log.info(
                        "{} is in use; until it can change, new columns' values go to {}",
                        rows.relation(),
                        Table.EXTRA);
                unchangeableUntil.put(
                        rows.relation(), System.nanoTime() + CHANGED_AGAIN_AFTER.toNanos());
            }
        }
    }

    private static TablePlan plan(
            LandingBatch batch, LandingBatch.Part part, @Nullable Table table, Room room) {
        return new TablePlan(part.rows(), table, part.contract(), batch::position, room);
    }

    private boolean isLeftAlone(Relation relation) {
        Long until = unchangeableUntil.get(relation);
        if (until != null && until - System.nanoTime() <= 0) {
            unchangeableUntil.remove(relation);
            return false;
        }
        return until != null;
    }

    private static void rejectAll(
            LandingBatch batch, RowBatch rows, QuarantineReason reason, String detail) {
        for (Row row : rows.rows()) {
            batch.reject(
                    new Rejection(
                            row.record(),
                            rows.relation().schema(),
                            rows.relation().name(),
                            reason,
                            detail,
                            ""));
        }
    }

    /** Takes out the records that the schema contracts of their sources forbid. */
    private static void refuse(LandingBatch batch, List<TablePlan> plans) {
        for (TablePlan plan : plans) {
            if (!plan.refuses()) {
                continue;
            }
            Placement.Refused refusal = plan.refusal();
            for (Row row : plan.batch().rows()) {
                if (refusal != null) {
                    refuse(batch, plan, row, refusal);
                    continue;
                }
                for (int i = 0; i < row.size(); i++) {
                    if (plan.placement(row.slot(i), row.value(i))
                            instanceof Placement.Refused refused) {
                        refuse(batch, plan, row, refused);
                    }
                }
            }
        }
    }

    private static void refuse(
            LandingBatch batch, TablePlan plan, Row row, Placement.Refused refused) {
        boolean wholeTable = refused.column().isEmpty();
        if (refused.mode() == Mode.FREEZE) {
            batch.reject(
                    new Rejection(
                            row.record(),
                            plan.relation().schema(),
                            plan.relation().name(),
                            refused.reason(),
                            refused.detail(),
                            refused.column()));
        } else if (refused.mode() == Mode.DISCARD_ROW || wholeTable) {
            batch.discard(row.record());
        } else {
            batch.discardValue();
        }
    }

    private Map<Relation, LandedStreams.Change> writeRows(
            Connection connection, LandingBatch batch, List<TablePlan> plans, Instant loadedAt)
            throws SQLException {
        Savepoint before = connection.setSavepoint();
        while (true) {
            try {
                return tryWriteRows(connection, batch, plans, loadedAt);
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

    private Map<Relation, LandedStreams.Change> tryWriteRows(
            Connection connection, LandingBatch batch, List<TablePlan> plans, Instant loadedAt)
            throws SQLException, BadRowsException {
        long micros = Times.micros(loadedAt);
        Map<Relation, LandedStreams.Change> changes = new HashMap<>();
        BitSet landed = new BitSet();
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
        return changes;
    }
}
