package dev.millrace.serving.audit;

import dev.millrace.operations.copy.BinaryCopy;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

/** Accesses to data as rows of serving's schema. */
@Component
class AccessTable {

    /** There may be thousands a second. */
    private static final String COPY =
            """
            COPY data_access (at, account, key_id, tenants, groups, door, measures, dimensions,
              filters, segments, rows, bytes, millis, cached, outcome, status, request_id, trace_id)
            FROM STDIN WITH (FORMAT binary)
            """;

    private static final int COLUMNS = 18;

    private final JdbcTemplate jdbc;
    private final JdbcClient client;

    AccessTable(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
        this.client = JdbcClient.create(jdbc);
    }

    /** An entry and its number. */
    record Row(long id, AccessEntry access) {}

    /**
     * Which entries are asked for; what is not given does not matter.
     *
     * @param member named in any way
     * @param before where the page before ended
     */
    record Search(
            @Nullable String account,
            @Nullable String tenant,
            @Nullable String member,
            @Nullable String door,
            @Nullable String outcome,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable Long before,
            int limit) {}

    void insert(List<AccessEntry> entries) {
        jdbc.execute(
                (ConnectionCallback<Integer>)
                        connection -> {
                            BinaryCopy.copy(connection, COPY, entries, AccessTable::add);
                            return entries.size();
                        });
    }

    private static void add(BinaryCopy copy, AccessEntry entry) throws SQLException {
        copy.row(COLUMNS);
        copy.timestamptz(entry.at());
        copy.text(entry.account());
        copy.text(entry.keyId());
        copy.texts(entry.tenants());
        copy.texts(entry.groups());
        copy.text(entry.door());
        copy.texts(entry.measures());
        copy.texts(entry.dimensions());
        copy.texts(entry.filters());
        copy.texts(entry.segments());
        copy.bigint(entry.rows());
        copy.bigint(entry.bytes());
        copy.bigint(entry.millis());
        copy.text(entry.cached());
        copy.text(entry.outcome());
        copy.integer(entry.status());
        copy.text(entry.requestId());
        copy.text(entry.traceId());
    }

    List<Row> find(Search search) {
        return client.sql(
                        """
                        SELECT * FROM data_access
                        WHERE (CAST(:account AS text) IS NULL OR account = :account)
                          AND (CAST(:tenant AS text) IS NULL
                               OR tenants <> '{}' AND tenants @> ARRAY[CAST(:tenant AS text)])
                          AND (CAST(:member AS text) IS NULL OR :member = ANY (measures)
                               OR :member = ANY (dimensions) OR :member = ANY (filters)
                               OR :member = ANY (segments))
                          AND (CAST(:door AS text) IS NULL OR door = :door)
                          AND (CAST(:outcome AS text) IS NULL OR outcome = :outcome)
                          AND (CAST(:from AS timestamptz) IS NULL OR at >= :from)
                          AND (CAST(:to AS timestamptz) IS NULL OR at < :to)
                          AND (CAST(:before AS bigint) IS NULL OR id < :before)
                        ORDER BY id DESC
                        LIMIT :limit\
                        """)
                .param("account", search.account())
                .param("tenant", search.tenant())
                .param("member", search.member())
                .param("door", search.door())
                .param("outcome", search.outcome())
                .param(
                        "from",
                        search.from() == null ? null : search.from().atOffset(ZoneOffset.UTC))
                .param("to", search.to() == null ? null : search.to().atOffset(ZoneOffset.UTC))
                .param("before", search.before())
                .param("limit", search.limit())
                .query(AccessTable::row)
                .list();
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        return new Row(
                row.getLong("id"),
                new AccessEntry(
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        row.getString("account"),
                        row.getString("key_id"),
                        texts(row.getArray("tenants")),
                        texts(row.getArray("groups")),
                        row.getString("door"),
                        texts(row.getArray("measures")),
                        texts(row.getArray("dimensions")),
                        texts(row.getArray("filters")),
                        texts(row.getArray("segments")),
                        row.getLong("rows"),
                        row.getLong("bytes"),
                        row.getLong("millis"),
                        row.getString("cached"),
                        row.getString("outcome"),
                        row.getInt("status"),
                        row.getString("request_id"),
                        row.getString("trace_id")));
    }

    private static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }

    int delete(Instant before, int atMost) {
        return client.sql(
                        """
                        DELETE FROM data_access WHERE id IN (
                          SELECT id FROM (SELECT id, at FROM data_access ORDER BY id LIMIT :limit) AS oldest
                          WHERE at < :before)\
                        """)
                .param("before", before.atOffset(ZoneOffset.UTC))
                .param("limit", atMost)
                .update();
    }
}
