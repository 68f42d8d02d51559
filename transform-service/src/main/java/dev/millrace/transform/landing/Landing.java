package dev.millrace.transform.landing;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.contracts.event.SchemaChanged.Change;
import dev.millrace.contracts.project.source.PartitionBy;
import dev.millrace.transform.landing.identity.IdentityLedger;
import dev.millrace.transform.landing.load.Loads;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.value.Times;
import dev.millrace.transform.publish.ChangeBatches;
import dev.millrace.transform.publish.Datasets;
import dev.millrace.transform.quarantine.QuarantinedRecord;
import dev.millrace.transform.schema.Proposals;
import dev.millrace.transform.schema.RangePartitions;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.TableKind;
import dev.millrace.transform.schema.Tables;
import dev.millrace.transform.schema.WantedChange;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

/**
 * Lands a batch: makes the tables ready, then, in one transaction, moves its {@link Origin} on,
 * writes the rows, settles what does not land, and writes down what to tell the others.
 */
final class Landing {

    private final DataSource database;
    private final Tables tables;
    private final TablePlanning planning;
    private final IdentityLedger identities;
    private final RowWriting writing;
    private final Proposals proposals;
    private final Datasets datasets;
    private final Clock clock;
    private final LateRows lateRows;
    private final RangePartitions partitions;
    private final Loads loads;
    private final ColumnHistory history;

    Landing(
            DataSource database,
            Tables tables,
            Proposals proposals,
            IdentityLedger identities,
            Datasets datasets,
            Clock clock,
            LandingSettings settings) {
        this.database = database;
        this.identities = identities;
        this.history = new ColumnHistory(database, clock);
        this.loads = new Loads(database);
        this.writing = new RowWriting(identities, loads);
        this.tables = tables;
        this.planning = new TablePlanning(tables, proposals, history, settings.maxTables());
        this.proposals = proposals;
        this.datasets = datasets;
        this.partitions = new RangePartitions(database, clock, settings.maxPartitions());
        this.lateRows = new LateRows(settings.lateAfter());
        this.clock = clock;
    }

    /**
     * Lands a batch, all of it or nothing.
     *
     * @throws FencedException if somebody else lands the same records
     */
    Landed land(LandingBatch batch, Origin origin) throws SQLException, FencedException {
        List<TablePlan> plans = ready(batch);
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            return land(connection, batch, plans, origin);
        }
    }

    /** The same in a transaction that has begun, and that is over afterwards in any case. */
    Landed land(Connection connection, LandingBatch batch, Origin origin)
            throws SQLException, FencedException {
        List<TablePlan> plans;
        try {
            plans = ready(batch);
        } catch (SQLException | RuntimeException e) {
            rollback(connection, e);
            throw e;
        }
        return land(connection, batch, plans, origin);
    }

    private List<TablePlan> ready(LandingBatch batch) throws SQLException {
        try {
            return tryReady(batch);
        } catch (SQLException e) {
            if (SqlErrors.isAboutShape(e)) {
                batch.parts().forEach(part -> forget(part.rows().relation()));
            }
            throw e;
        }
    }

    /** A table is not what it was. */
    private void forget(Relation relation) {
        planning.forget(relation);
        partitions.forget(relation);
        identities.forget(relation);
    }

    private List<TablePlan> tryReady(LandingBatch batch) throws SQLException {
        List<TablePlan> plans = planning.plan(batch);
        for (LandingBatch.Part part : batch.parts()) {
            String tenant = part.layout().tenant();
            if (tenant != null) {
                tables.separateTenants(part.rows().relation(), tenant);
            }
            PartitionBy partition = part.layout().partition();
            if (partition != null && !part.rows().rows().isEmpty()) {
                partitions.prepare(
                        part.rows().relation(),
                        partition,
                        part.rows().rows().stream().mapToLong(Row::eventAt).min().getAsLong());
            }
        }
        loads.prepare(batch.loads());
        for (TablePlan plan : plans) {
            if (plan.batch().kind() == TableKind.APPENDED && plan.refusal() == null) {
                identities.prepare(plan.relation());
            }
            if (plan.batch().kind() == TableKind.REPLACED && plan.refusal() == null) {
                loads.check(
                        plan.relation(),
                        plan.columns().stream().map(Placement.Column::name).toList());
            }
        }
        ContractRefusals.refuse(batch, plans);
        return plans;
    }

    private Landed land(
            Connection connection, LandingBatch batch, List<TablePlan> plans, Origin origin)
            throws SQLException, FencedException {
        Instant loadedAt = clock.instant();
        try {
            limitTimes(connection, batch);
            origin.advance(connection);
            Map<Relation, Long> watermarks = LateRows.watermarks(connection, plans);
            RowWriting.Written written =
                    writing.write(connection, batch, plans, new BitSet(), loadedAt);
            loads.note(connection, batch.loads(), written.fresh(), batch::position, loadedAt);
            propose(connection, batch, plans, origin, loadedAt);
            remember(connection, plans, origin);
            List<QuarantinedRecord> refused = origin.settle(connection, batch, written, loadedAt);
            Map<Relation, Map<LateRows.Lag, Long>> late =
                    lateRows.count(plans, watermarks, written.fresh(), Times.micros(loadedAt));
            LandedStreams.add(connection, written.changes(), late, loadedAt);
            List<DatasetChanged> told =
                    datasets.changed(
                            connection,
                            written.changes().stream()
                                    .filter(change -> change.rows() > 0 && change.isVisible())
                                    .map(LandedStreams.Change::toDatasetChange)
                                    .toList(),
                            batch.revision(),
                            loadedAt);
            ChangeBatches.note(
                    connection,
                    told,
                    Times.instant(Times.micros(loadedAt)),
                    () ->
                            written.changes().stream()
                                    .map(change -> change.written().in(change.relation()))
                                    .toList());
            connection.commit();
            written.whenCommitted().run();
            return new Landed(batch, written.changes(), late, refused, told, loadedAt);
        } catch (SQLException e) {
            if (SqlErrors.isAboutShape(e)) {
                plans.forEach(plan -> forget(plan.relation()));
            }
            rollback(connection, e);
            throw e;
        } catch (FencedException | RuntimeException e) {
            rollback(connection, e);
            throw e;
        } finally {
            writing.end();
        }
    }

    /**
     * A lander that stands still must not keep others waiting for its locks. A statement ends
     * before the connection gives up on it (socketTimeout), or else nobody would hear why. Of a
     * single record there is no smaller batch that would do, as of the truncate of a large table.
     */
    private static void limitTimes(Connection connection, LandingBatch batch) throws SQLException {
        boolean single = batch.records().size() == 1;
        if (single) {
            connection.setNetworkTimeout(
                    Runnable::run, Math.toIntExact(Duration.ofHours(2).toMillis()));
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    """
                    SET LOCAL idle_in_transaction_session_timeout = '30s';
                    SET LOCAL statement_timeout = '%s';
                    SET LOCAL lock_timeout = '30s';
                    SET LOCAL synchronous_commit = on\
                    """
                            .formatted(single ? "1h" : "100s"));
        }
    }

    private void propose(
            Connection connection,
            LandingBatch batch,
            List<TablePlan> plans,
            Origin origin,
            Instant at)
            throws SQLException {
        Collection<Proposals.Need> wanted = batch.wanted();
        if (wanted.isEmpty()) {
            return;
        }
        List<Proposals.Need> needs = new ArrayList<>();
        for (Proposals.Need need : wanted) {
            needs.add(new Proposals.Need(withRename(need.wanted(), plans), need.records()));
        }
        batch.number(proposals.propose(connection, needs, origin.isFresh(), batch.revision(), at));
    }

    private WantedChange withRename(WantedChange wanted, List<TablePlan> plans)
            throws SQLException {
        if (wanted.key().change() != Change.ADD_COLUMN) {
            return wanted;
        }
        for (TablePlan plan : plans) {
            if (plan.relation().equals(wanted.key().relation())) {
                return WantedChange.of(
                        plan.relation(),
                        wanted.kind(),
                        history.withRenames(plan.batch(), wanted.columns()).getFirst());
            }
        }
        return wanted;
    }

    /** What is replayed is of another time. */
    private void remember(Connection connection, List<TablePlan> plans, Origin origin)
            throws SQLException {
        if (origin.isFresh()) {
            for (TablePlan plan : plans) {
                history.add(connection, plan.batch());
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
}
