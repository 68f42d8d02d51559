package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.source.PartitionBy;
import dev.millrace.transform.schema.RangePartitions;
import dev.millrace.transform.schema.Relation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Tables that are partitioned by event time. */
@Timeout(180)
class PartitionTest {

    private final OffsetDateTime now =
            OffsetDateTime.now(ZoneOffset.UTC).withDayOfMonth(15).withNano(0);

    private static LandingStage stage(String by) {
        return LandingStage.plain("id: id, event_time: at, partition: " + by);
    }

    private static String at(int id, OffsetDateTime at) {
        return "{\"id\": %d, \"at\": \"%s\"}".formatted(id, at);
    }

    private static OffsetDateTime year(int year) {
        return OffsetDateTime.of(year, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);
    }

    private static String month(OffsetDateTime at) {
        return "click__p_" + at.toLocalDate().withDayOfMonth(1).toString().replace('-', '_');
    }

    /** In which partition each row is. */
    private static String where(LandingStage stage) {
        return stage.one(
                """
                SELECT string_agg(id || ' ' || c.relname, ', ' ORDER BY id)
                FROM $S.click k JOIN pg_class c ON c.oid = k.tableoid\
                """);
    }

    private static String partitions(LandingStage stage) {
        return stage.one("SELECT count(*) FROM pg_inherits WHERE inhparent = '$S.click'::regclass");
    }

    private static void prepare(LandingStage stage, PartitionBy by, Duration later, int most)
            throws SQLException {
        new RangePartitions(stage.database, Clock.offset(stage.clock, later), most)
                .prepare(new Relation(stage.source, "click"), by, Long.MAX_VALUE);
    }

    @Test
    void everyRowHasItsPlaceWheneverItHappened() {
        try (LandingStage stage = stage("month")) {
            Landed landed =
                    stage.land(
                            at(1, now),
                            at(2, now.plusMonths(2)),
                            at(3, year(2200)),
                            at(4, now.minusMonths(3)),
                            at(5, year(1970)));
            assertThat(landed.rows()).isEqualTo(5);

            // A row of 1970 does not want hundreds of partitions, but as many as there may be.
            assertThat(where(stage))
                    .isEqualTo(
                            "[1 %s, 2 %s, 3 click__p_later, 4 %s, 5 click__p_earlier]"
                                    .formatted(
                                            month(now),
                                            month(now.plusMonths(2)),
                                            month(now.minusMonths(3))));
            assertThat(partitions(stage)).isEqualTo("[105]");
            assertThat(stage.land(at(1, now), at(1, year(1970))).duplicates())
                    .as("identities span partitions")
                    .isEqualTo(2);
        }
    }

    @Test
    void partitionsComeAsTimeGoesOnAndRowsThatWereEarlyMoveToTheirs() throws Exception {
        try (LandingStage stage = stage("month")) {
            stage.land(at(1, now), at(2, now.plusMonths(5)), at(3, year(2200)));
            assertThat(partitions(stage)).isEqualTo("[5]");
            assertThat(where(stage)).contains("2 click__p_later");
            stage.land("{\"id\": 4, \"new\": true}");

            prepare(stage, PartitionBy.MONTH, Duration.ofDays(124), 200);

            assertThat(where(stage))
                    .contains(
                            "2 " + month(now.plusMonths(5)), "3 click__p_later", "4 " + "click__p");
            assertThat(stage.one("SELECT id FROM $S.click WHERE new")).isEqualTo("[4]");
            assertThat(stage.land(at(5, now.plusMonths(5)), at(2, now)).rows()).isEqualTo(1);
        }
    }

    @Test
    void aRowFromBeforeGetsAPartitionAndTakesItsLikesThere() {
        try (LandingStage stage = stage("month")) {
            stage.land(at(1, now));
            stage.sql
                    .sql(
                            "INSERT INTO %s.click (_mr_id, _mr_event_at, _mr_ingested_at, _mr_loaded_at, id) VALUES ('x', ?, now(), now(), 7)"
                                    .formatted(stage.source))
                    .param(now.minusMonths(1))
                    .update();
            assertThat(where(stage)).contains("7 click__p_earlier");

            stage.land(at(2, now.minusMonths(2)));

            assertThat(where(stage))
                    .contains("7 " + month(now.minusMonths(1)), "2 " + month(now.minusMonths(2)));
        }
    }

    @Test
    void thereAreNoMorePartitionsThanThereMayBeAndTheRestLandsAllTheSame() throws Exception {
        try (LandingStage stage = stage("day")) {
            stage.maxPartitions = 6;
            stage.land(at(1, now.minusYears(1)), at(2, now), at(3, year(2200)));

            prepare(stage, PartitionBy.DAY, Duration.ofDays(30), 6);

            assertThat(partitions(stage)).isEqualTo("[8]");
            assertThat(stage.count("click")).isEqualTo(3);
        }
    }

    @Test
    void aLongReaderHoldsUpThePartitionsButNobodyElse() throws Exception {
        try (LandingStage stage = stage("month");
                Connection reader = stage.database.getConnection();
                Statement statement = reader.createStatement()) {
            stage.land(at(1, now));
            reader.setAutoCommit(false);
            statement.execute("SELECT * FROM %s.click".formatted(stage.source));

            long started = System.nanoTime();
            prepare(stage, PartitionBy.MONTH, Duration.ofDays(124), 200);
            stage.land(at(2, now.minusMonths(1)));

            assertThat(Duration.ofNanos(System.nanoTime() - started))
                    .isLessThan(Duration.ofSeconds(10));
            assertThat(partitions(stage)).isEqualTo("[5]");
            assertThat(where(stage)).contains("2 click__p_earlier");
            reader.rollback();
        }
    }

    @Test
    void aTableThatWasMadeWithoutPartitionsStaysAsItIs() {
        try (LandingStage stage = LandingStage.plain("id: id, event_time: at")) {
            stage.land(at(1, now));
            stage.project(
                    "{name: %1$s, type: kafka, streams: [{name: click, topic: %1$s.clicks, id: id, event_time: at, partition: day}]}"
                            .formatted(stage.source));

            stage.land(at(2, year(1970)));

            assertThat(stage.count("click")).isEqualTo(2);
            assertThat(stage.one("SELECT relkind FROM pg_class WHERE oid = '$S.click'::regclass"))
                    .isEqualTo("[r]");
        }
    }

    @Test
    void aLateRowOfAPeriodThatSomebodyDroppedIsQuarantinedAndTheOthersLand() {
        try (LandingStage stage = stage("month")) {
            stage.land(at(1, now), at(2, now.minusMonths(1)));
            stage.sql
                    .sql("DROP TABLE %s.%s".formatted(stage.source, month(now.minusMonths(1))))
                    .update();

            stage.land(at(3, now.minusMonths(1)), at(4, now), at(5, now.minusMonths(2)));

            assertThat(stage.one("SELECT id FROM $S.click ORDER BY id")).isEqualTo("[1, 4, 5]");
            assertThat(stage.one("SELECT reason FROM transform.quarantine"))
                    .isEqualTo("[rejected]");
        }
    }

    @Test
    void aTimeThatPostgresqlCannotHoldIsQuarantinedAsEver() {
        try (LandingStage stage = stage("week")) {
            stage.land("{\"id\": 1, \"at\": 1e20}", at(2, now));

            assertThat(stage.count("click")).isBetween(1L, 2L);
            assertThat(where(stage)).contains("2 click__p_2");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "DAY, 2026-03-01, 2026-03-01, 2026-03-02",
        "WEEK, 2026-03-01, 2026-02-23, 2026-03-02",
        "WEEK, 2026-03-02, 2026-03-02, 2026-03-09",
        "MONTH, 2026-12-31, 2026-12-01, 2027-01-01",
        "MONTH, 2028-02-29, 2028-02-01, 2028-03-01"
    })
    void periodsBeginAndFollowEachOther(
            PartitionBy by, LocalDate day, LocalDate begin, LocalDate next) {
        assertThat(by.begin(day)).isEqualTo(begin);
        assertThat(by.plus(begin, 1)).isEqualTo(next);
        assertThat(by.plus(next, -1)).isEqualTo(begin);
    }
}
