package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.query.VersionCheck.Finding;
import dev.millrace.test.TestWarehouse;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

@Timeout(60)
class VersionCheckTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** Of a relation that is not there any more. */
    private static final List<ReadRelation> GONE =
            List.of(new ReadRelation(1, "x.y", 0, 0, false, 1L, null, null, List.of()));

    private final TestWarehouse database = TestWarehouse.create();
    private Warehouse warehouse;
    private VersionCheck versions;

    @BeforeEach
    void open() throws SQLException {
        WatchedRelations.make(database);
        warehouse =
                new Warehouse(
                        Bench.Settings.of(database).statementTimeout(TIMEOUT).done(),
                        new SimpleMeterRegistry(),
                        "bench");
        versions = new VersionCheck(warehouse, new ReadSet());
    }

    @AfterEach
    void close() {
        versions.close();
        warehouse.close();
    }

    @Test
    void whoeverAsksAWarehouseThatHangsLearnsItWithTheFirst() throws Exception {
        try (Connection owner = database.ownerConnection();
                Statement statement = owner.createStatement();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(versions.of(GONE)).isEqualTo(Finding.CHANGED);
            owner.setAutoCommit(false);
            statement.execute("CREATE TABLE public.something (); LOCK transform.relation_version");

            long began = System.nanoTime();
            Future<Finding> first = threads.submit(() -> versions.of(GONE));
            Eventually.within(Duration.ofSeconds(10), () -> assertThat(isAsked()).isTrue());
            Future<Finding> second = threads.submit(() -> versions.of(GONE));

            assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(Finding.UNKNOWN);
            assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo(Finding.UNKNOWN);
            assertThat(versions.of(GONE)).isEqualTo(Finding.UNKNOWN);
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("nobody waited for another check")
                    .isBetween(TIMEOUT, TIMEOUT.multipliedBy(2).minusMillis(100));

            owner.rollback();
            Eventually.within(
                    Duration.ofSeconds(10),
                    () -> assertThat(find()).as("once it answers").isEqualTo(Finding.CHANGED));
        }
    }

    private boolean isAsked() {
        try (Connection reader = database.connection(Role.READER);
                Statement statement = reader.createStatement();
                var found =
                        statement.executeQuery(
                                "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND"
                                        + " datname = current_database()")) {
            return found.next();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private Finding find() {
        try {
            return versions.of(GONE);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aConnectionThatWasCutCostsNobodyElse() throws Exception {
        assertThat(versions.of(GONE)).isEqualTo(Finding.CHANGED);
        try (Connection reader = database.connection(Role.READER);
                Statement statement = reader.createStatement()) {
            statement.execute(
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE"
                            + " application_name = 'bench' AND datname = current_database()");
        }

        assertThat(versions.of(GONE)).isEqualTo(Finding.UNKNOWN);
        assertThat(versions.of(GONE)).isEqualTo(Finding.CHANGED);
    }

    @Test
    void nobodyWaitsForACheckThatIsClosed() throws Exception {
        versions.close();

        Eventually.within(
                Duration.ofSeconds(10), () -> assertThat(find()).isEqualTo(Finding.UNKNOWN));
    }
}
