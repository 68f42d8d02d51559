package dev.millrace.transform.landing;

import dev.millrace.transform.landing.ReplayReader.Mending;
import dev.millrace.transform.landing.identity.IdentityLedger;
import dev.millrace.transform.landing.load.Loads;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.quarantine.HeldRecord;
import dev.millrace.transform.quarantine.HeldRecords;
import dev.millrace.transform.quarantine.QuarantineFilter;
import dev.millrace.transform.quarantine.Replay;
import dev.millrace.transform.schema.NeededColumn;
import dev.millrace.transform.schema.Proposals;
import dev.millrace.transform.schema.TableKind;
import dev.millrace.transform.schema.Tables;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import javax.sql.DataSource;

/**
 * Finds out what a replay would do, and does nothing of it: rows are written in a transaction that
 * is rolled back, and tables are taken as they are.
 */
final class ReplayRehearsal {

    /** So many records are looked at; a rehearsal holds locks that landers may have to wait for. */
    static final int MOST_RECORDS = 1_000;

    private static final long MOST_BYTES = 32L << 20;
    private static final int MOST_IDS = 20;

    private final DataSource database;
    private final Tables tables;
    private final Proposals proposals;
    private final IdentityLedger identities;
    private final ReplayReader reader;
    private final Supplier<Routes> routes;
    private final Clock clock;
    private final int maxTables;

    ReplayRehearsal(
            DataSource database,
            Tables tables,
            Proposals proposals,
            IdentityLedger identities,
            ReplayReader reader,
            Supplier<Routes> routes,
            Clock clock,
            int maxTables) {
        this.database = database;
        this.tables = tables;
        this.proposals = proposals;
        this.identities = identities;
        this.reader = reader;
        this.routes = routes;
        this.clock = clock;
        this.maxTables = maxTables;
    }

    /**
     * What a replay would do.
     *
     * @param matched how many records there are
     * @param examined how many of them were looked at, the oldest
     * @param counts what would become of those
     */
    record Outcome(
            long matched,
            long examined,
            Replay.Counts counts,
            List<TableOutcome> tables,
            List<RefusalOutcome> refusals) {}

    /**
     * What would become of a table.
     *
     * @param newColumns columns that would be added, with their types
     */
    record TableOutcome(
            String relation,
            long rows,
            long duplicates,
            boolean newTable,
            Map<String, String> newColumns) {}

    /**
     * Records that would be refused for the same reason.
     *
     * @param detail what is wrong with the first of them
     * @param ids some of them
     */
    record RefusalOutcome(
            String source,
            String stream,
            String reason,
            String detail,
            long records,
            List<Long> ids) {}

    Outcome rehearse(QuarantineFilter filter, Mending mending, int limit) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                return rehearse(connection, filter, mending, limit);
            } finally {
                connection.rollback();
            }
        }
    }

    private Outcome rehearse(
            Connection connection, QuarantineFilter filter, Mending mending, int limit)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL statement_timeout = '30s'; SET LOCAL lock_timeout = '5s'");
        }
        long matched = HeldRecords.count(connection, filter);
        List<Long> ids = HeldRecords.next(connection, filter, 0, Long.MAX_VALUE, limit, MOST_BYTES);
        List<HeldRecord> records = HeldRecords.read(connection, ids);
        LandingBatch batch = reader.read(records, mending, routes.get());
        List<TablePlanning.Foreseen> foreseen =
                new TablePlanning(tables, proposals, new ColumnHistory(database, clock), maxTables)
                        .foresee(batch);
        ContractRefusals.refuse(
                batch, foreseen.stream().map(TablePlanning.Foreseen::wanted).toList());
        List<TablePlan> plans = foreseen.stream().flatMap(f -> f.now().stream()).toList();
        Loads loads = new Loads(database);
        loads.prepare(batch.loads());
        for (TablePlan plan : plans) {
            if (plan.batch().kind() == TableKind.APPENDED) {
                identities.prepare(plan.relation());
            }
        }
        RowWriting writing = new RowWriting(identities, loads);
        RowWriting.Written written;
        try {
            written =
                    writing.write(
                            connection, batch, plans, unseen(batch, foreseen), clock.instant());
        } finally {
            // Nothing of it stays.
            writing.end();
        }
        BitSet fresh = unseen(batch, foreseen);
        fresh.or(written.fresh());
        for (Rejection rejection : batch.rejections()) {
            fresh.clear(rejection.record());
        }
        return new Outcome(
                matched,
                records.size(),
                ReplayOrigin.counts(batch, fresh),
                tables(batch, foreseen, written),
                refusals(batch, records));
    }

    /** The records that are new in tables that cannot be written to as they are. */
    private static BitSet unseen(LandingBatch batch, List<TablePlanning.Foreseen> foreseen) {
        BitSet unseen = new BitSet();
        for (TablePlanning.Foreseen table : foreseen) {
            if (table.now().isEmpty() && table.wanted().batch().kind().isOfRecords()) {
                firsts(batch, table.wanted()).forEach(row -> unseen.set(row.record()));
            }
        }
        return unseen;
    }

    /** The rows that would go into a table, each identity once. */
    private static List<Row> firsts(LandingBatch batch, TablePlan plan) {
        Set<String> ids = new HashSet<>();
        return plan.batch().rows().stream()
                .filter(row -> !batch.isExcluded(row.record()))
                .filter(row -> ids.add(row.id()))
                .toList();
    }

    private static List<TableOutcome> tables(
            LandingBatch batch, List<TablePlanning.Foreseen> foreseen, RowWriting.Written written) {
        List<TableOutcome> outcomes = new ArrayList<>();
        for (TablePlanning.Foreseen table : foreseen) {
            TablePlan plan = table.wanted();
            List<Row> firsts = firsts(batch, plan);
            if (firsts.isEmpty()) {
                continue;
            }
            long all =
                    plan.batch().rows().stream()
                            .filter(row -> !batch.isExcluded(row.record()))
                            .count();
            LandedStreams.Change unwritten =
                    new LandedStreams.Change(
                            plan.relation(),
                            firsts.size(),
                            all - firsts.size(),
                            null,
                            true,
                            WrittenRows.none());
            LandedStreams.Change change =
                    written.changes().stream()
                            .filter(done -> done.relation().equals(plan.relation()))
                            .findFirst()
                            .orElse(unwritten);
            Map<String, String> columns = new LinkedHashMap<>();
            for (NeededColumn column : plan.needed()) {
                columns.put(column.name(), column.type().sql());
            }
            outcomes.add(
                    new TableOutcome(
                            plan.relation().qualified(),
                            change.rows(),
                            change.duplicates(),
                            plan.needsTable(),
                            columns));
        }
        return outcomes;
    }

    private static List<RefusalOutcome> refusals(LandingBatch batch, List<HeldRecord> records) {
        Map<List<String>, List<Rejection>> alike = new LinkedHashMap<>();
        for (Rejection rejection : batch.rejections()) {
            alike.computeIfAbsent(
                            List.of(
                                    rejection.source(),
                                    rejection.stream(),
                                    rejection.reason().code(),
                                    rejection.column()),
                            _ -> new ArrayList<>())
                    .add(rejection);
        }
        return alike.values().stream()
                .map(
                        same -> {
                            var cause = QuarantineRecords.cause(same.getFirst());
                            return new RefusalOutcome(
                                    cause.source(),
                                    cause.stream(),
                                    cause.reason(),
                                    cause.detail(),
                                    same.size(),
                                    same.stream()
                                            .limit(MOST_IDS)
                                            .map(rejection -> records.get(rejection.record()).id())
                                            .toList());
                        })
                .toList();
    }
}
