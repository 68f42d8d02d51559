package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.millrace.transform.landing.ChangeStage.Written;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * What Debezium 3.0.8 wrote of a database, against the tables that the same SQL makes: value by
 * value. Records, SQL and schema are not kept here: name their directory in DEBEZIUM_CORPUS.
 */
class DebeziumCorpusTest {

    private static final Path CORPUS =
            Path.of(
                    System.getenv()
                            .getOrDefault("DEBEZIUM_CORPUS", "../../shared/corpora/debezium"));

    /** The database before the SQL, which the snapshot's records tell of. */
    private static final String BEFORE =
            """
            CREATE SCHEMA inv;
            CREATE TYPE inv.mood AS ENUM ('sad', 'ok', 'happy');
            CREATE TABLE inv.customers (id integer PRIMARY KEY, first_name text NOT NULL,
              email varchar(255) UNIQUE, m inv.mood, balance numeric(10,2) DEFAULT 0,
              created_at timestamptz DEFAULT '2026-01-01 00:00:00+00', d date, ts timestamp(6),
              t time, j jsonb, tags text[], u uuid, b bytea, dbl double precision, flag boolean,
              big bigint, iv interval);
            CREATE TABLE inv.orders (order_id bigint PRIMARY KEY,
              customer_id integer REFERENCES inv.customers, qty integer, note text);
            CREATE TABLE inv.nopk (a integer, b text);
            INSERT INTO inv.customers VALUES (1, 'Zoë', 'z@x.co', 'happy', 12.30,
              '2026-01-01 00:00:00+00', '2026-02-28', '2026-01-02 03:04:05.123456',
              '03:04:05.5', '{"a": [1, 2, {"b": null}]}', '{a,"b,c",NULL}',
              '0195c0de-0000-7000-8000-000000000001', '\\x00ff', 1.5e10, true,
              9223372036854775807, '1 day 02:03:04');
            INSERT INTO inv.customers (id, first_name, dbl) VALUES (2, 'NULLs', 'NaN');
            INSERT INTO inv.orders VALUES (1, 1, 2, 'first'), (2, 1, 1, NULL);
            """;

    private static final String CUSTOMERS_THERE =
            """
            SELECT jsonb_build_array(id, first_name, email, m, balance::text,
              created_at, d - date '1970-01-01', (extract(epoch FROM ts) * 1000000)::bigint,
              (extract(epoch FROM t) * 1000000)::bigint, j, to_jsonb(tags), u,
              encode(b, 'base64'), dbl::text, flag, big,
              (extract(epoch FROM iv) * 1000000)::bigint)::text
            FROM inv.customers ORDER BY id
            """;

    private static final String CUSTOMERS_HERE =
            """
            SELECT jsonb_build_array(id, first_name, email, m, to_char(balance::numeric, 'FM990.00'),
              created_at, d, ts, t, j::jsonb, tags, u, b, dbl::double precision::text, flag, big, iv
            )::text FROM $S.customers ORDER BY id
            """;

    private final List<JsonNode> lines = new ArrayList<>();

    @BeforeEach
    void read() throws IOException {
        Path stream = CORPUS.resolve("pg15_noschema_decimal_string.jsonl");
        assumeThat(stream).as("recorded changes").exists();
        JsonMapper mapper = JsonMapper.builder().build();
        for (String line : Files.readAllLines(stream)) {
            lines.add(mapper.readTree(line));
        }
    }

    @Test
    void inOneBatch() throws IOException {
        check(records -> records, 1_000);
    }

    @Test
    void inBatchesOfOne() throws IOException {
        check(records -> records, 1);
    }

    @Test
    void withEveryRecordTwice() throws IOException {
        check(
                records -> {
                    List<Written> twice = new ArrayList<>();
                    records.forEach(record -> twice.addAll(List.of(record, record)));
                    return twice;
                },
                3);
    }

    @Test
    void withEverythingDeliveredAgain() throws IOException {
        check(
                records -> {
                    List<Written> again = new ArrayList<>(records);
                    again.addAll(records);
                    return again;
                },
                4);
    }

    @Test
    void inAnyOrder() throws IOException {
        for (int seed = 0; seed < 4; seed++) {
            Random chance = new Random(seed);
            check(
                    records -> {
                        List<Written> shuffled = new ArrayList<>(records);
                        Collections.shuffle(shuffled, chance);
                        return shuffled;
                    },
                    1 + seed * 2);
        }
    }

    private void check(UnaryOperator<List<Written>> delivery, int batchSize) throws IOException {
        try (LandingStage stage = new LandingStage()) {
            stage.project(
                    """
                    {name: %1$s, type: kafka, streams: [
                      {name: customers, topic: %1$s.inv.customers, format: debezium},
                      {name: orders, topic: %1$s.inv.orders, format: debezium},
                      {name: message, topic: %1$s.message, format: debezium},
                      {name: nopk, topic: %1$s.inv.nopk, format: debezium, write_disposition: append},
                      {name: transaction, topic: %1$s.transaction}]}\
                    """
                            .formatted(stage.source)
                            .replace("\n", " "));
            byTopic(stage.source)
                    .forEach(
                            (topic, records) ->
                                    land(stage, topic, delivery.apply(records), batchSize));

            assertThat(stage.one("SELECT reason || detail FROM transform.quarantine"))
                    .isEqualTo("[]");
            compare(stage);
        }
    }

    private Map<String, List<Written>> byTopic(String source) {
        Map<String, List<Written>> byTopic = new LinkedHashMap<>();
        for (JsonNode line : lines) {
            String topic = line.get("topic").asString().replaceFirst("^shop", source);
            byTopic.computeIfAbsent(topic, _ -> new ArrayList<>())
                    .add(new Written(json(line.get("key")), json(line.get("value"))));
        }
        return byTopic;
    }

    private static @Nullable String json(JsonNode node) {
        return node.isNull() ? null : node.toString();
    }

    private static void land(
            LandingStage stage, String topic, List<Written> records, int batchSize) {
        long offset = 0;
        for (int from = 0; from < records.size(); from += batchSize) {
            List<ConsumerRecord<byte[], byte[]>> polled = new ArrayList<>();
            for (Written record :
                    records.subList(from, Math.min(records.size(), from + batchSize))) {
                polled.add(ChangeStage.consumed(topic, offset++, record));
            }
            stage.landRecords(polled);
        }
    }

    private static void compare(LandingStage stage) throws IOException {
        try (Connection owner = stage.warehouse.ownerConnection();
                Statement statement = owner.createStatement()) {
            statement.execute(BEFORE);
            // One by one, as some of them are within transactions of their own.
            for (String change : Files.readString(CORPUS.resolve("changes.sql")).split(";", -1)) {
                if (!change.isBlank()) {
                    statement.execute(change);
                }
            }
            compare(stage, JdbcClient.create(new SingleConnectionDataSource(owner, true)));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void compare(LandingStage stage, JdbcClient database) {

        assertThat(stage.rows(CUSTOMERS_HERE))
                .isEqualTo(database.sql(CUSTOMERS_THERE).query(String.class).list());
        assertThat(
                        stage.rows(
                                "SELECT concat_ws('|', order_id, customer_id, qty) FROM $S.orders"
                                        + " ORDER BY order_id"))
                .isEqualTo(
                        database.sql(
                                        "SELECT concat_ws('|', order_id, customer_id, qty) FROM"
                                                + " inv.orders ORDER BY order_id")
                                .query(String.class)
                                .list());
        // The column that was dropped keeps what it had; the one that came has what was sent.
        assertThat(
                        stage.rows(
                                """
                                SELECT concat_ws('|', order_id, md5(note), added) FROM $S.orders
                                ORDER BY order_id\
                                """))
                .isEqualTo(
                        database.sql(
                                        """
                                        SELECT concat_ws('|', id, md5(note), added) FROM (VALUES
                                          (1, 'first', NULL), (2, NULL, NULL), (20, (
                                            SELECT string_agg(md5(i::text), '')
                                            FROM generate_series(1, 400) i), NULL),
                                          (30, NULL, 'd'), (31, NULL, 'later')) o (id, note, added)
                                        """)
                                .query(String.class)
                                .list());
    }
}
