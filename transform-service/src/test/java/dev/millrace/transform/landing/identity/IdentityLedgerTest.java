package dev.millrace.transform.landing.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.landing.identity.IdentityLedger.Admission;
import dev.millrace.transform.landing.identity.IdentityLedger.Found;
import dev.millrace.transform.schema.Relation;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;

/** An identity is new once, whoever brings it, and however long ago it came. */
@Timeout(120)
class IdentityLedgerTest {

    private static final Relation TABLE = new Relation("s", "t");

    private final TestWarehouse warehouse = TestWarehouse.create();
    private HikariDataSource database;
    private JdbcClient sql;

    /** What one process knows, and its upkeep, done by hand. */
    private final class Memory {
        final LinkedBlockingQueue<Relation> grown = new LinkedBlockingQueue<>();
        final IdentityLedger ledger;
        final IdentitySealing sealing;
        final IdentityUpkeep upkeep;
        final Fingerprinter fingerprinter = new Fingerprinter();

        Memory(int segment) {
            Clock clock = Clock.systemUTC();
            IdentityStore store = new IdentityStore(new IdentityAdoption(clock, segment));
            sealing = new IdentitySealing(database, clock, store, segment);
            ledger = new IdentityLedger(database, clock, store, sealing, grown::add);
            upkeep = new IdentityUpkeep(database, clock);
        }

        /** Adds what is new of some identities, and returns how many that were. */
        int add(List<String> ids) throws SQLException {
            for (int attempt = 0; attempt < 100; attempt++) {
                ledger.prepare(TABLE);
                try (Connection connection = database.getConnection()) {
                    connection.setAutoCommit(false);
                    try {
                        Found found = find(connection, ids);
                        Admission admission = ledger.admit(connection, List.of(found.fresh()));
                        if (admission.isGranted()) {
                            connection.commit();
                            admission.whenCommitted().run();
                            return found.fresh().fingerprints().size();
                        }
                    } catch (StaleIdentitiesException e) {
                        ledger.renew(TABLE);
                    }
                    connection.rollback();
                }
            }
            throw new IllegalStateException("never admitted");
        }

        Found find(Connection connection, List<String> ids)
                throws SQLException, StaleIdentitiesException {
            Fingerprints asked = new Fingerprints(ids.size());
            fingerprinter.addDistinct(asked, ids.size(), ids::get);
            return ledger.find(connection, TABLE, asked);
        }

        void keep() throws SQLException {
            while (sealing.seal(TABLE, IdentitySealing.Others.SKIP) || upkeep.merge(TABLE)) {
                ledger.refresh(TABLE);
            }
            upkeep.remove(TABLE);
        }
    }

    @BeforeEach
    void aTable() {
        database = warehouse.pool(Role.TRANSFORM);
        Flyway.configure()
                .dataSource(database)
                .schemas("transform")
                .createSchemas(false)
                .locations("classpath:db/migration/transform")
                .load()
                .migrate();
        sql = JdbcClient.create(database);
        sql.sql("CREATE SCHEMA s").update();
        sql.sql("CREATE TABLE s.t (_mr_id text NOT NULL)").update();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static List<String> ids(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "id" + i).toList();
    }

    private long count(String query) {
        return sql.sql(query).query(Long.class).single();
    }

    @Test
    void anIdentityIsNewOnceAlsoForAnotherMemory() throws SQLException {
        Memory one = new Memory(1_000);
        Memory other = new Memory(1_000);

        assertThat(one.add(ids(0, 100))).isEqualTo(100);
        assertThat(other.add(ids(50, 150))).isEqualTo(50);
        assertThat(one.add(ids(0, 200))).isEqualTo(50);
        assertThat(new Memory(1_000).add(ids(0, 200))).as("after a restart").isZero();
    }

    @Test
    void whatWasRolledBackWasNeverThere() throws Exception {
        Memory process = new Memory(1_000);
        process.ledger.prepare(TABLE);
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            process.ledger.admit(connection, List.of(process.find(connection, ids(0, 10)).fresh()));
            connection.rollback();
        }

        assertThat(process.add(ids(0, 10))).isEqualTo(10);
        assertThat(process.add(ids(0, 10))).isZero();
    }

    @Test
    void whoComesSecondWaitsForTheFirstAndLearnsOfWhatItAdded() throws Exception {
        Memory one = new Memory(1_000);
        Memory other = new Memory(1_000);
        one.ledger.prepare(TABLE);
        other.ledger.prepare(TABLE);
        try (ExecutorService threads = Executors.newSingleThreadExecutor();
                Connection first = database.getConnection();
                Connection second = database.getConnection()) {
            first.setAutoCommit(false);
            second.setAutoCommit(false);
            Found foundByOther = other.find(second, ids(0, 10));
            assertThat(foundByOther.known().isEmpty()).isTrue();
            one.ledger.admit(first, List.of(one.find(first, ids(5, 15)).fresh()));

            Future<Admission> waits =
                    threads.submit(() -> other.ledger.admit(second, List.of(foundByOther.fresh())));
            first.commit();

            BitSet places = new BitSet();
            places.set(5, 10);
            assertThat(waits.get().taken()).containsExactly(Map.entry(TABLE, places));
            second.rollback();
            assertThat(other.find(second, ids(0, 10)).known().cardinality()).isEqualTo(5);
        }
    }

    @Test
    void identitiesAreKnownFromSegmentsAndFromSegmentsOfSegments() throws SQLException {
        Memory process = new Memory(1_000);
        Memory other = new Memory(1_000);
        for (int i = 0; i < 300; i++) {
            assertThat(process.add(ids(i * 100, i * 100 + 100))).isEqualTo(100);
            if (!process.grown.isEmpty()) {
                process.grown.clear();
                process.keep();
            }
            if (i % 70 == 0) {
                assertThat(other.add(ids(0, 100))).isZero();
            }
        }

        assertThat(
                        count(
                                "SELECT count(*) FROM transform.identity_segment WHERE replaced_at"
                                        + " IS NULL"))
                .as("segments of 28,000 identities")
                .isBetween(1L, 14L);
        assertThat(
                        count(
                                "SELECT max(identities) FROM transform.identity_segment"
                                        + " WHERE replaced_at IS NULL"))
                .isGreaterThan(5_000);
        assertThat(process.add(ids(0, 30_100))).isEqualTo(100);
        assertThat(other.add(ids(0, 30_200))).isEqualTo(100);
        assertThat(new Memory(1_000).add(ids(0, 30_300))).isEqualTo(100);
    }

    @Test
    void rowsOfATableThatWasThereBeforeAreKnown() throws SQLException {
        sql.sql("INSERT INTO s.t SELECT 'id' || i FROM generate_series(0, 2_499) i").update();

        Memory process = new Memory(1_000);

        assertThat(process.add(ids(0, 2_600))).isEqualTo(100);
        assertThat(count("SELECT count(*) FROM transform.identity_segment")).isEqualTo(3);
    }

    @Test
    void aTableThatWasMadeAnewKnowsNothing() throws SQLException {
        Memory process = new Memory(1_000);
        Memory other = new Memory(1_000);
        sql.sql("INSERT INTO s.t VALUES ('id' || 1000)").update();
        process.add(ids(0, 10));
        other.add(ids(10, 20));

        sql.sql("DROP TABLE s.t").update();
        process.ledger.forget(TABLE);
        assertThatThrownBy(() -> process.ledger.prepare(TABLE))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("s.t is not there");
        sql.sql("CREATE TABLE s.t (_mr_id text NOT NULL)").update();

        assertThat(process.add(ids(0, 20))).isEqualTo(20);
        assertThat(other.add(ids(0, 30))).as("by one that remembers the old table").isEqualTo(10);
        sql.sql("UPDATE transform.identity_segment SET made_at = made_at - interval '1 hour'")
                .update();
        process.keep();
        assertThat(count("SELECT count(*) FROM transform.identity_bucket"))
                .as("those of the table that is gone")
                .isZero();
    }

    @Test
    void manyProcessesAtOnceAddEachIdentityOnce() throws Exception {
        int processes = 4;
        Set<Integer> asked = ConcurrentHashMap.newKeySet();
        List<Future<Integer>> added = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(processes)) {
            for (int p = 0; p < processes; p++) {
                Memory process = new Memory(300);
                Random random = new Random(p);
                added.add(
                        threads.submit(
                                () -> {
                                    int sum = 0;
                                    for (int batch = 0; batch < 60; batch++) {
                                        Set<Integer> some = new HashSet<>();
                                        while (some.size() < 40) {
                                            some.add(random.nextInt(4_000));
                                        }
                                        asked.addAll(some);
                                        sum +=
                                                process.add(
                                                        some.stream().map(i -> "id" + i).toList());
                                        if (process.grown.poll() != null) {
                                            process.keep();
                                        }
                                    }
                                    return sum;
                                }));
            }
        }
        int sum = 0;
        for (Future<Integer> some : added) {
            sum += some.get();
        }

        assertThat(sum).isEqualTo(asked.size());
    }

    @Test
    void segmentsThatAreGoneAreMissedByNobody() throws SQLException {
        Memory busy = new Memory(100);
        Memory quiet = new Memory(100);
        for (int i = 0; i < 120; i++) {
            busy.add(ids(i * 100, i * 100 + 100));
            busy.keep();
            if (i == 50) {
                assertThat(quiet.add(ids(0, 10))).isZero();
            }
        }
        sql.sql(
                        "UPDATE transform.identity_segment"
                                + " SET replaced_at = replaced_at - interval '1 hour'")
                .update();
        busy.add(ids(12_000, 12_100));
        busy.keep();

        assertThat(quiet.add(ids(0, 5_000))).as("what is in segments that it never saw").isZero();
    }

    @Test
    void segmentsAreMergedOnceByManyAtOnce() throws Exception {
        Memory process = new Memory(100);
        List<Memory> keepers = List.of(new Memory(100), new Memory(100), new Memory(100));
        try (ExecutorService threads = Executors.newFixedThreadPool(keepers.size())) {
            for (int round = 0; round < 80; round++) {
                process.add(ids(round * 100, round * 100 + 100));
                List<Future<?>> kept = new ArrayList<>();
                for (Memory keeper : keepers) {
                    kept.add(
                            threads.submit(
                                    () -> {
                                        keeper.keep();
                                        return null;
                                    }));
                }
                for (Future<?> done : kept) {
                    done.get();
                }
            }
        }

        long sealed = count("SELECT sealed_batch FROM transform.identity_stream");
        assertThat(
                        count(
                                "SELECT sum(identities) FROM transform.identity_segment WHERE"
                                        + " replaced_at IS NULL"))
                .isEqualTo(sealed * 100);
    }

    @Test
    void whatIsReplacedGoesAfterAWhile() throws SQLException {
        Memory process = new Memory(100);
        for (int i = 0; i < 60; i++) {
            process.add(ids(i * 100, i * 100 + 100));
        }
        process.keep();
        sql.sql("UPDATE transform.identity_batch SET at = at - interval '1 hour'").update();
        sql.sql(
                        "UPDATE transform.identity_segment"
                                + " SET replaced_at = replaced_at - interval '1 hour'")
                .update();
        process.add(ids(6_000, 6_100));
        process.keep();

        assertThat(count("SELECT count(*) FROM transform.identity_batch"))
                .as("the latest, which are left out of segments, and the last sealed one")
                .isLessThanOrEqualTo(17);
        assertThat(count("SELECT count(DISTINCT segment) FROM transform.identity_bucket"))
                .as("buckets go with their segments")
                .isEqualTo(count("SELECT count(*) FROM transform.identity_segment"));
        assertThat(count("SELECT count(DISTINCT segment) FROM transform.identity_filter"))
                .isEqualTo(count("SELECT count(*) FROM transform.identity_segment"));
        assertThat(new Memory(100).add(ids(0, 6_200))).isEqualTo(100);
    }

    private static String segments(String what) {
        return "SELECT " + what + " FROM transform.identity_segment WHERE replaced_at IS NULL";
    }

    @Test
    void landingMakesSegmentsItselfWhereNobodyElseKeepsUp() throws SQLException {
        Memory process = new Memory(1_000);

        for (int i = 0; i < 60; i++) {
            process.add(ids(i * 100, i * 100 + 100));
        }

        assertThat(count(segments("sum(identities)"))).isGreaterThanOrEqualTo(2_000);
        assertThat(count(segments("max(identities)")))
                .as("they are in memory meanwhile")
                .isLessThanOrEqualTo(2_000);
        assertThat(process.add(ids(0, 6_100))).isEqualTo(100);
    }

    @Test
    void aBacklogIsNotReadIntoMemory() throws SQLException {
        Memory careless = new Memory(1_000_000);
        for (int i = 0; i < 60; i++) {
            careless.add(ids(i * 100, i * 100 + 100));
        }
        assertThat(count(segments("count(*)"))).isZero();

        Memory process = new Memory(1_000);
        process.ledger.prepare(TABLE);

        assertThat(count(segments("count(*)"))).isPositive();
        assertThat(process.add(ids(0, 6_100))).isEqualTo(100);
    }

    @Test
    void aFilterThatIsNotAllThereIsAnErrorAndNoEmptyOne() throws SQLException {
        sql.sql("INSERT INTO s.t SELECT 'id' || i FROM generate_series(0, 99) i").update();
        new Memory(1_000).ledger.prepare(TABLE);
        sql.sql("DELETE FROM transform.identity_filter").update();

        assertThatThrownBy(() -> new Memory(1_000).ledger.prepare(TABLE))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("0 of 224 bytes of the filter are there");
    }

    @Test
    void noRoomForAFilterIsNoFaultOfARecord() throws SQLException {
        sql.sql("INSERT INTO s.t SELECT 'id' || i FROM generate_series(0, 99_999) i").update();
        Memory process = new Memory(100_000);
        process.ledger.prepare(TABLE);
        process.ledger.forget(TABLE);

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> process.ledger.prepare(TABLE))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).startsWith("58"));
        assertThat(Thread.interrupted()).isTrue();

        assertThat(process.add(ids(0, 100_001))).isEqualTo(1);
    }

    @Test
    void anErrorUndoesAllOfATransaction() throws SQLException {
        sql.sql("INSERT INTO s.t SELECT 'id' || i FROM generate_series(0, 2_499) i").update();
        try (Connection connection = database.getConnection()) {
            assertThatThrownBy(
                            () ->
                                    Atomically.run(
                                            connection,
                                            () -> {
                                                connection
                                                        .createStatement()
                                                        .execute("DELETE FROM s.t");
                                                throw new StackOverflowError("an error");
                                            }))
                    .isInstanceOf(StackOverflowError.class);
            assertThat(connection.getAutoCommit()).isTrue();
        }

        assertThat(count("SELECT count(*) FROM s.t")).isEqualTo(2_500);
    }

    @Test
    void segmentsThatOneMergesAreLeftAloneByOthers() throws SQLException {
        Memory process = new Memory(100);
        sql.sql("INSERT INTO s.t SELECT 'id' || i FROM generate_series(0, 799) i").update();
        process.ledger.prepare(TABLE);
        assertThat(count(segments("count(*)"))).isEqualTo(8);

        try (Connection other = database.getConnection()) {
            other.setAutoCommit(false);
            other.createStatement()
                    .execute(
                            "SELECT FROM transform.identity_segment ORDER BY id LIMIT 1 FOR NO KEY"
                                    + " UPDATE");
            assertThat(process.upkeep.merge(TABLE)).isFalse();
            other.rollback();
        }

        assertThat(process.upkeep.merge(TABLE)).isTrue();
        assertThat(count(segments("count(*)"))).isEqualTo(1);
    }

    @Test
    void whatBecomesASegmentWhileTheTableIsMadeAnewIsNotOfTheNewOne() throws Exception {
        Memory process = new Memory(100_000);
        for (int i = 0; i < 40; i++) {
            process.add(ids(i * 100, i * 100 + 100));
        }
        try (ExecutorService threads = Executors.newSingleThreadExecutor();
                Connection holding = database.getConnection()) {
            // The sealer comes as far as its last statement, which waits for this row.
            holding.setAutoCommit(false);
            holding.createStatement()
                    .execute("SELECT FROM transform.identity_stream FOR NO KEY UPDATE");
            Future<Boolean> sealed =
                    threads.submit(() -> process.sealing.seal(TABLE, IdentitySealing.Others.WAIT));
            awaitWaiting(1);
            holding.createStatement()
                    .execute("DROP TABLE s.t; CREATE TABLE s.t (_mr_id text NOT NULL)");
            holding.createStatement()
                    .execute(
                            "UPDATE transform.identity_stream SET table_oid = 's.t'::regclass,"
                                    + " layout = layout + 1, sealed_batch = next_batch - 1");
            holding.commit();
            assertThatThrownBy(sealed::get).hasMessageContaining("made anew");
        }
        process.ledger.forget(TABLE);

        assertThat(process.add(ids(0, 4_000))).isEqualTo(4_000);
    }

    @Test
    void whatIsMergedWhileTheTableIsMadeAnewIsNotOfTheNewOne() throws Exception {
        Memory process = new Memory(100);
        sql.sql("INSERT INTO s.t SELECT 'id' || i FROM generate_series(0, 799) i").update();
        process.ledger.prepare(TABLE);
        Memory other = new Memory(100);
        try (ExecutorService threads = Executors.newSingleThreadExecutor();
                Connection holding = database.getConnection()) {
            holding.setAutoCommit(false);
            // The merge waits with its filter.
            holding.createStatement().execute("LOCK TABLE transform.identity_filter IN SHARE MODE");
            Future<Boolean> merged = threads.submit(() -> process.upkeep.merge(TABLE));
            awaitWaiting(1);
            sql.sql("DROP TABLE s.t").update();
            sql.sql("CREATE TABLE s.t (_mr_id text NOT NULL)").update();
            other.ledger.prepare(TABLE);
            holding.rollback();
            assertThat(merged.get()).isTrue();
        }

        assertThat(other.add(ids(0, 800))).isEqualTo(800);
        assertThat(new Memory(100).add(ids(0, 801))).isEqualTo(1);
    }

    /** Until so many wait for a lock. */
    private void awaitWaiting(long backends) {
        while (count(
                        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                + " AND datname = current_database()")
                < backends) {
            Thread.onSpinWait();
        }
    }
}
