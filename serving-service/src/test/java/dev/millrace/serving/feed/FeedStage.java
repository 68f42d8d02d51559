package dev.millrace.serving.feed;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.query.RunningService;
import dev.millrace.test.TestWarehouse;

import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The service over a warehouse with transform's own tables, and writers that do what landing does:
 * rows, then a version, then which rows these were, in one transaction.
 */
final class FeedStage implements AutoCloseable {

    static final String APPENDED = "web.click";
    static final String KEYED = "shop.orders";

    private static final String COLUMNS =
            """
            _mr_id text COLLATE "C" NOT NULL, _mr_event_at timestamptz NOT NULL,
            _mr_loaded_at timestamptz NOT NULL, tenant text, n bigint, note text\
            """;

    final TestWarehouse warehouse = TestWarehouse.create();
    final RunningService service;

    FeedStage(String... properties) {
        Flyway.configure()
                .dataSource(warehouse.dataSource(Role.TRANSFORM))
                .schemas("transform")
                .createSchemas(false)
                .placeholderReplacement(false)
                .locations(
                        "filesystem:../transform-service/src/main/resources/db/migration/transform")
                .load()
                .migrate();
        sql(
                """
                CREATE SCHEMA web;
                CREATE SCHEMA shop;
                GRANT USAGE ON SCHEMA web, shop TO millrace_reader;
                CREATE TABLE web.click (%1$s);
                CREATE TABLE shop.orders (%1$s, UNIQUE (_mr_id));
                CREATE TABLE web.parted (%1$s) PARTITION BY RANGE (_mr_event_at);
                CREATE TABLE web.parted_old PARTITION OF web.parted
                  FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
                CREATE TABLE web.parted_new PARTITION OF web.parted
                  FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);
                GRANT SELECT ON ALL TABLES IN SCHEMA web, shop TO millrace_reader;
                INSERT INTO transform.feed VALUES ('web.click', 'infinity', true),
                  ('shop.orders', 'infinity', true), ('web.parted', 'infinity', true);
                """
                        .formatted(COLUMNS));
        try {
            Path project = Files.createTempDirectory("millrace-feed");
            RunningService.writeModel(project, "cubes: []\n");
            service = RunningService.start(warehouse, project, properties);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    void sql(String sql) {
        try {
            warehouse.execute(Role.TRANSFORM, sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Adds rows, each by its id, in a transaction of their own. */
    long append(String... ids) {
        return append(Instant.now(), List.of(ids), "t");
    }

    long append(Instant loadedAt, List<String> ids, String tenant) {
        return append(APPENDED, loadedAt, ids, tenant);
    }

    long append(String relation, Instant loadedAt, List<String> ids, String tenant) {
        return write(
                connection -> {
                    insert(connection, relation, loadedAt, ids, tenant);
                    return null;
                },
                relation,
                loadedAt,
                ids,
                false);
    }

    private static void insert(
            Connection connection, String table, Instant at, List<String> ids, String tenant)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        INSERT INTO %s SELECT i, ?::timestamptz, ?::timestamptz, ?, length(i), 'of ' || i
                        FROM unnest(?::text[]) i
                        """
                                .formatted(table))) {
            insert.setString(1, at.toString());
            insert.setString(2, at.toString());
            insert.setString(3, tenant);
            insert.setArray(4, connection.createArrayOf("text", ids.toArray()));
            insert.execute();
        }
    }

    /** Has a key mean a number; null removes it. */
    long put(Map<String, Long> values, List<String> removed) {
        Instant now = Instant.now();
        return write(
                connection -> {
                    for (Map.Entry<String, Long> value : values.entrySet()) {
                        try (PreparedStatement merge =
                                connection.prepareStatement(
                                        """
                                        INSERT INTO shop.orders VALUES (?, now(), ?::timestamptz, 't', ?, 'x')
                                        ON CONFLICT (_mr_id) DO UPDATE SET n = excluded.n
                                        """)) {
                            merge.setString(1, value.getKey());
                            merge.setString(2, now.toString());
                            merge.setLong(3, value.getValue());
                            merge.execute();
                        }
                    }
                    try (PreparedStatement delete =
                            connection.prepareStatement(
                                    "DELETE FROM shop.orders WHERE _mr_id = ANY (?::text[])")) {
                        delete.setArray(1, connection.createArrayOf("text", removed.toArray()));
                        delete.execute();
                    }
                    return null;
                },
                KEYED,
                now,
                Stream.concat(values.keySet().stream(), removed.stream()).toList(),
                true);
    }

    /** What a transaction writes. */
    @FunctionalInterface
    interface Writing {
        @Nullable Void write(Connection connection) throws SQLException;
    }

    private long write(
            Writing writing, String relation, Instant at, List<String> ids, boolean isKeyed) {
        try (Connection connection = warehouse.connection(Role.TRANSFORM)) {
            connection.setAutoCommit(false);
            writing.write(connection);
            long version = count(connection, relation);
            try (PreparedStatement note =
                    connection.prepareStatement(
                            """
                            INSERT INTO transform.change_batch (relation, version, table_oid, loaded_at, rows,
                              earliest_event_at, latest_event_at, keys, ids)
                            SELECT r.relation, ?, r.relation::regclass, r.at, ?, r.at, r.at,
                              CASE WHEN r.is_keyed THEN r.ids END,
                              CASE WHEN NOT r.is_keyed AND EXISTS (SELECT FROM transform.change_batch o
                                WHERE o.relation = r.relation AND o.loaded_at = r.at) THEN r.ids END
                            FROM (SELECT ? AS relation, ?::timestamptz AS at, ?::text[] AS ids, ? AS is_keyed) r
                            """)) {
                note.setLong(1, version);
                note.setLong(2, isKeyed ? 0 : ids.size());
                note.setString(3, relation);
                note.setString(4, at.toString());
                note.setArray(5, connection.createArrayOf("text", ids.toArray()));
                note.setBoolean(6, isKeyed);
                note.execute();
            }
            connection.commit();
            return version;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long count(Connection connection, String relation) throws SQLException {
        try (PreparedStatement count =
                connection.prepareStatement(
                        """
                        INSERT INTO transform.relation_version AS v VALUES (?, 1, now())
                        ON CONFLICT (relation) DO UPDATE SET version = v.version + 1, changed_at = now()
                        RETURNING version
                        """)) {
            count.setString(1, relation);
            try (ResultSet row = count.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** A change of which no more is known than that there was one. */
    void change(String relation, String sql) {
        try (Connection connection = warehouse.connection(Role.TRANSFORM);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(sql);
            count(connection, relation);
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static String token() {
        return token(Map.of("sub", "puller", "scopes", "metrics feed"));
    }

    static String token(Map<String, Object> claims) {
        return RunningService.token(
                "a secret of the metrics doors for tests",
                claims,
                Instant.now().plusSeconds(3_600));
    }

    RunningService.Answer ask(String path) {
        return ask(path, token());
    }

    RunningService.Answer ask(String path, String token) {
        return service.send(service.request(path).header("Authorization", token).GET().build());
    }

    HttpRequest.Builder request(String path) {
        return service.request(path).header("Authorization", token());
    }

    /** One page, which must be there. */
    JsonNode page(String relation, @Nullable String since, int limit) {
        RunningService.Answer answer =
                ask(
                        "/v1/feed/"
                                + relation
                                + "?limit="
                                + limit
                                + (since == null ? "" : "&since=" + encoded(since)));
        if (answer.status() != 200) {
            throw new AssertionError(answer.status() + ": " + answer.body());
        }
        return answer.body();
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** All pages until there are no more; the last one's cursor is the one to go on with. */
    Pages all(String relation, @Nullable String since, int limit) {
        List<JsonNode> rows = new ArrayList<>();
        String cursor = since;
        while (true) {
            JsonNode page = page(relation, cursor, limit);
            if (page.path("reset").asBoolean()) {
                throw new AssertionError("reset");
            }
            page.path("data").forEach(rows::add);
            cursor = page.path("cursor").stringValue();
            if (!page.path("more").asBoolean()) {
                return new Pages(rows, cursor);
            }
        }
    }

    record Pages(List<JsonNode> rows, String cursor) {

        List<String> told() {
            return rows.stream().map(FeedStage::told).toList();
        }
    }

    /** A row as {@code insert a}. */
    static String told(JsonNode row) {
        return row.path("op").asString("") + " " + row.path("key").asString("-");
    }

    @Override
    public void close() {
        service.close();
    }
}
