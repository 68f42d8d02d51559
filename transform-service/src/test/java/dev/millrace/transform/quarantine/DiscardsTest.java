package dev.millrace.transform.quarantine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.quarantine.QuarantinedRecord.Cause;
import dev.millrace.transform.quarantine.QuarantinedRecord.Content;
import dev.millrace.transform.quarantine.QuarantinedRecord.Place;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;

import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is decided on records in quarantine, and when they go. */
class DiscardsTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final HikariDataSource database = TestWarehouse.create().pool(Role.TRANSFORM);
    private final JdbcClient sql = JdbcClient.create(database);

    @BeforeEach
    void migrate() {
        flyway("latest").migrate();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Flyway flyway(String target) {
        return Flyway.configure()
                .dataSource(database)
                .schemas("transform")
                .createSchemas(false)
                .cleanDisabled(false)
                .locations("classpath:db/migration/transform")
                .target(target)
                .load();
    }

    private void add(String source, String reason, String detail) throws Exception {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(true);
            new Quarantine(at(NOW))
                    .add(
                            connection,
                            List.of(
                                    new QuarantinedRecord(
                                            new Cause(source, "s", reason, detail, ""),
                                            new Place("t", 1, 0, 0, null),
                                            new Content(null, List.of(), null))));
        }
    }

    private static Clock at(Instant now) {
        return Clock.fixed(now, ZoneOffset.UTC);
    }

    private Discards discards(Instant now) {
        return new Discards(sql, at(now));
    }

    private String states() {
        return sql.sql("SELECT source || ' ' || state FROM transform.quarantine ORDER BY id")
                .query(String.class)
                .list()
                .toString();
    }

    @Test
    void whatIsDiscardedStaysWithWhoWhenAndWhyUntilItsTimeIsOver() throws Exception {
        add("a", "malformed", "d");
        add("b", "malformed", "d");
        QuarantineFilter filter = QuarantineFilter.parse(Map.of("source", "a"));

        assertThat(discards(NOW).matching(filter)).isEqualTo(1);
        assertThat(discards(NOW).discard(filter, "me", "a test")).isEqualTo(1);
        assertThat(discards(NOW).discard(filter, "you", "again")).isZero();

        assertThat(states()).isEqualTo("[a discarded, b held]");
        QuarantineShelves shelves = new QuarantineShelves(sql);
        assertThat(
                        shelves.newest(
                                QuarantineFilter.parse(Map.of("state", "discarded")),
                                Long.MAX_VALUE,
                                10))
                .singleElement()
                .satisfies(
                        record -> {
                            assertThat(record.decidedBy()).isEqualTo("me");
                            assertThat(record.decidedWhy()).isEqualTo("a test");
                            assertThat(record.decidedAt()).isEqualTo(NOW);
                        });
        assertThat(shelves.counts(QuarantineFilter.parse(Map.of())))
                .extracting(QuarantineShelves.Count::source)
                .containsExactly("b");

        QuarantineSettings settings = new QuarantineSettings(Duration.ofDays(90));
        new QuarantineRetention(discards(NOW), settings, at(NOW.plus(Duration.ofDays(89))))
                .forget();
        assertThat(states()).isEqualTo("[a discarded, b held]");
        new QuarantineRetention(discards(NOW), settings, at(NOW.plus(Duration.ofDays(91))))
                .forget();
        assertThat(states()).isEqualTo("[b held]");
    }

    @Test
    void textsThatSendersHaveASayInAreBounded() throws Exception {
        add("s".repeat(5_000), "r".repeat(5_000), "x".repeat(998) + "😀😀");

        assertThat(
                        sql.sql(
                                        "SELECT length(source) || ' ' || length(reason) || ' ' ||"
                                                + " length(detail) || right(detail, 2) FROM"
                                                + " transform.quarantine")
                                .query(String.class)
                                .single())
                .isEqualTo("200 200 999x…");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    sauce   | web        | There is no filter 'sauce'. Give some of source, stream
                    state   | lost       | The state is held, replayed or discarded
                    id_from | first      | a whole number, such as 4711
                    at_to   | yesterday  | a time with its zone, such as
                    at_from | 2026-03-01 | a time with its zone, such as
                    """)
    void aFilterThatMakesNoSenseSaysWhatToGive(String name, String value, String message) {
        assertThatThrownBy(() -> QuarantineFilter.parse(Map.of(name, value)))
                .isInstanceOf(InvalidFilterException.class)
                .hasMessageContaining(message);
    }

    @Test
    void everyFilterNarrows() throws Exception {
        add("a", "malformed", "d");
        QuarantineShelves shelves = new QuarantineShelves(sql);
        Map<String, String> all =
                Map.of(
                        "source",
                        "a",
                        "stream",
                        "s",
                        "reason",
                        "malformed",
                        "topic",
                        "t",
                        "id_from",
                        "0",
                        "id_to",
                        "999",
                        "at_from",
                        NOW.toString(),
                        "at_to",
                        NOW.plusSeconds(1).toString(),
                        "state",
                        "held",
                        "column",
                        "");

        assertThat(shelves.newest(QuarantineFilter.parse(all), 1_000, 10)).hasSize(1);
        for (String name : all.keySet()) {
            Map<String, String> other = new java.util.HashMap<>(all);
            other.put(
                    name,
                    switch (name) {
                        case "id_from" -> "1000";
                        case "id_to" -> "0";
                        case "at_from" -> NOW.plusMillis(1).toString();
                        case "at_to" -> NOW.toString();
                        case "state" -> "replayed";
                        default -> "z";
                    });
            assertThat(shelves.newest(QuarantineFilter.parse(other), 1_000, 10)).as(name).isEmpty();
        }
    }

    @Test
    void headersAndGenerationsOfOlderRecordsAreConverted() {
        flyway("latest").clean();
        flyway("202611210303").migrate();
        List<String> inserts = new ArrayList<>();
        inserts.add(
                """
                INSERT INTO transform.landed_topic VALUES
                  ('c', gen_random_uuid(), 't', 1, '2026-01-01Z'),
                  ('c', gen_random_uuid(), 't', 2, '2026-02-01Z')
                """);
        for (String row :
                List.of(
                        "'2026-01-15Z', 't', '{\"a\": \"1\", \"b\": \"x\"}'",
                        "'2026-02-15Z', 't', '{}'",
                        "'2026-02-15Z', 'u', '{}'")) {
            inserts.add(
                    "INSERT INTO transform.quarantine (at, topic, headers, source, stream, reason,"
                            + " detail, partition, record_offset) VALUES ("
                            + row
                            + ", 's', '', 'r', 'd', 0, 0)");
        }
        inserts.forEach(insert -> sql.sql(insert).update());

        flyway("latest").migrate();

        assertThat(
                        sql.sql(
                                        "SELECT topic_generation || ' ' || state || ' ' || headers"
                                                + " FROM transform.quarantine ORDER BY id")
                                .query(String.class)
                                .list())
                .containsExactly(
                        "1 held [{\"name\": \"a\", \"value\": \"1\"}, {\"name\": \"b\","
                                + " \"value\": \"x\"}]",
                        "2 held []",
                        "1 held []");
    }
}
