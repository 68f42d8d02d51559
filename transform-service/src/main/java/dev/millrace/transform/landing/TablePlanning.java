package dev.millrace.transform.landing;

import dev.millrace.contracts.record.QuarantineReason;
import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.transform.landing.TablePlan.Room;
import dev.millrace.transform.landing.contract.UniqueIndexes;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.row.RowBatch;
import dev.millrace.transform.landing.row.RowCheck;
import dev.millrace.transform.schema.Decisions;
import dev.millrace.transform.schema.Proposals;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.Table;
import dev.millrace.transform.schema.TableKind;
import dev.millrace.transform.schema.Tables;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plans how the rows of a batch go into their tables, which it makes ready for them, in
 * transactions of their own.
 */
final class TablePlanning {

    private static final Logger log = LoggerFactory.getLogger(TablePlanning.class);

    /** How long others may keep a table from being changed before its rows go in as it is. */
    private static final Duration SHORT_PATIENCE = Duration.ofMillis(800);

    private static final Duration LONG_PATIENCE = Duration.ofSeconds(20);

    /** How long a table that could not be changed is left alone. */
    private static final Duration CHANGED_AGAIN_AFTER = Duration.ofSeconds(5);

    /** The table may change under the eyes of the plan; by the second look it has settled. */
    private static final int MAX_LOOKS = 5;

    private static final Comparator<TablePlan> ORDER =
            Comparator.comparing((TablePlan plan) -> plan.batch().kind())
                    .thenComparing(TablePlan::relation);

    private final Tables tables;
    private final Proposals proposals;
    private final ColumnHistory history;
    private final int maxTables;
    private final UniqueIndexes indexes;
    private final Map<Relation, Long> unchangeableUntil = new HashMap<>();

    TablePlanning(Tables tables, Proposals proposals, ColumnHistory history, int maxTables) {
        this.history = history;
        this.tables = tables;
        this.proposals = proposals;
        this.maxTables = maxTables;
        this.indexes = new UniqueIndexes(tables);
    }

    /** Forgets what was seen of the tables, as one of them turned out to be different. */
    void forget(Relation relation) {
        tables.forget(relation);
    }

    /**
     * What would be done for a table, and how its rows would go in as it is now.
     *
     * @param wanted with what would be made for the rows
     * @param now nothing if there is no table yet, or none that would take all of the rows
     */
    record Foreseen(TablePlan wanted, Optional<TablePlan> now) {}

    /** Looks at the tables of a batch, and changes none of them. */
    List<Foreseen> foresee(LandingBatch batch) throws SQLException {
        List<Foreseen> foreseen = new ArrayList<>();
        TableCounts counts = new TableCounts();
        for (LandingBatch.Part part : batch.parts()) {
            if (part.rows().rows().isEmpty()) {
                continue;
            }
            Table table = tables.find(part.rows().relation()).orElse(null);
            if (rejectsOtherKind(batch, part.rows(), table)) {
                continue;
            }
            TablePlan wanted = plan(batch, part, table, Room.TO_GROW);
            if (wanted.needsTable() && counts.isFull(part.rows().relation().schema())) {
                rejectAsFull(batch, part.rows());
                continue;
            }
            if (wanted.needsTable()) {
                counts.another(part.rows().relation().schema());
            }
            TablePlan now = plan(batch, part, table, Room.AS_IT_IS);
            boolean takesRows = table != null && now.needed().isEmpty();
            foreseen.add(new Foreseen(wanted, takesRows ? Optional.of(now) : Optional.empty()));
        }
        foreseen.sort(Comparator.comparing(Foreseen::wanted, ORDER));
        return foreseen;
    }

    /** The plans in the order in which all landers write: added rows first, then merged ones. */
    List<TablePlan> plan(LandingBatch batch) throws SQLException {
        List<TablePlan> plans = new ArrayList<>();
        TableCounts counts = new TableCounts();
        for (LandingBatch.Part part : batch.parts()) {
            if (!part.rows().rows().isEmpty()) {
                plan(batch, part, counts).ifPresent(plans::add);
            }
        }
        plans.sort(ORDER);
        for (TablePlan plan : plans) {
            settleIndexes(plan);
        }
        return plans;
    }

    private void settleIndexes(TablePlan plan) throws SQLException {
        Table table = tables.find(plan.relation()).orElse(null);
        if (table != null && plan.batch().kind() == TableKind.APPENDED) {
            RowCheck check = plan.batch().check();
            indexes.settle(table, check == null ? List.of() : check.unique());
        }
    }

    /** How many tables sources have, counted once a batch. */
    private final class TableCounts {

        private final Map<String, Integer> bySchema = new HashMap<>();

        boolean isFull(String schema) throws SQLException {
            Integer count = bySchema.get(schema);
            if (count == null) {
                count = tables.count(schema) + proposals.openTables(schema);
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
        if (rejectsOtherKind(batch, rows, table)) {
            return Optional.empty();
        }
        for (int look = 1; ; look++) {
            TablePlan plan = plan(batch, part, table, Room.TO_GROW);
            boolean ready = plan.needed().isEmpty() && !plan.needsTable();
            if (plan.proposesTable() && counts.isFull(rows.relation().schema())) {
                rejectAsFull(batch, rows);
                return Optional.empty();
            }
            if (plan.proposesTable()) {
                counts.another(rows.relation().schema());
            }
            if (ready || plan.refusal() != null) {
                return Optional.of(plan);
            }
            if (plan.needsTable() && counts.isFull(rows.relation().schema())) {
                rejectAsFull(batch, rows);
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
                indexes.forget(rows.relation());
            }
            try {
                table =
                        tables.evolve(
                                rows.relation(),
                                rows.kind(),
                                part.layout(),
                                plan.needsTable()
                                        ? plan.needed()
                                        : history.withRenames(rows, plan.needed()),
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

    private TablePlan plan(
            LandingBatch batch, LandingBatch.Part part, @Nullable Table table, Room room)
            throws SQLException {
        TablePlan plan = plan(batch, part, table, room, Decisions.NONE);
        // Asked only if there is something to decide on, which the rows of most batches do not
        // need.
        return plan.awaitsDecisions()
                ? plan(batch, part, table, room, proposals.of(part.rows().relation()))
                : plan;
    }

    private static TablePlan plan(
            LandingBatch batch,
            LandingBatch.Part part,
            @Nullable Table table,
            Room room,
            Decisions decisions) {
        return new TablePlan(
                part.rows(),
                table,
                new ChangeRules(part.contract(), decisions),
                batch::position,
                room);
    }

    private boolean isLeftAlone(Relation relation) {
        Long until = unchangeableUntil.get(relation);
        if (until != null && until - System.nanoTime() <= 0) {
            unchangeableUntil.remove(relation);
            return false;
        }
        return until != null;
    }

    /** Whether the table was made to be written another way, so that its rows cannot go in. */
    private boolean rejectsOtherKind(LandingBatch batch, RowBatch rows, @Nullable Table table) {
        if (table == null) {
            return false;
        }
        boolean isOfKind = table.isOf(rows.kind());
        if (isOfKind && !lacksKey(table, rows)) {
            return false;
        }
        tables.forget(rows.relation());
        rejectAll(
                batch,
                rows,
                QuarantineReason.REJECTED,
                "the table %s was made for another %s; rename or drop it, and it is made anew"
                        .formatted(
                                rows.relation(),
                                isOfKind ? "key" : "write_disposition or another 'deletes'"));
        return true;
    }

    /** Whether the rows' key has columns that are none of the table's, which has some already. */
    private static boolean lacksKey(Table table, RowBatch rows) {
        return rows.kind().isChanged()
                && table.columns().keySet().stream()
                        .anyMatch(column -> !column.startsWith(RowColumns.PREFIX))
                && rows.slots().stream()
                        .anyMatch(
                                slot ->
                                        slot.isKey()
                                                && slot.rows() > 0
                                                && table.type(slot.column()) == null);
    }

    private void rejectAsFull(LandingBatch batch, RowBatch rows) {
        rejectAll(
                batch,
                rows,
                QuarantineReason.SCHEMA_CONTRACT,
                "%s has %d tables already, and gets no more (millrace.landing.max-tables)"
                        .formatted(rows.relation().schema(), maxTables));
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
}
