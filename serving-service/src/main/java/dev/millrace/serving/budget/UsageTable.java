package dev.millrace.serving.budget;

import com.fasterxml.jackson.annotation.JsonIgnore;

import dev.millrace.serving.access.BookedName;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import tools.jackson.databind.json.JsonMapper;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who used what on which day, as rows of serving's schema. */
@Component
class UsageTable {

    private final JdbcClient jdbc;

    UsageTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * One line of the book.
     *
     * @param key what tells its list of tenants from others
     */
    record Line(
            LocalDate day,
            String account,
            @JsonIgnore String key,
            List<String> tenants,
            long requests,
            long refused,
            long rows,
            long bytes,
            long millis) {}

    /** Where a page ended. */
    record Place(LocalDate day, String account, String key) {}

    void add(Map<Usage.Entry, Usage.Amounts> batch) {
        List<Map<String, Object>> lines = new ArrayList<>();
        batch.forEach(
                (entry, amounts) -> {
                    Map<String, Object> line = new HashMap<>();
                    line.put("day", entry.day().toString());
                    line.put("account", entry.user().account());
                    line.put("tenant", key(entry.user().tenants()));
                    line.put("tenants", entry.user().tenants());
                    line.put("requests", amounts.requests());
                    line.put("refused", amounts.refused());
                    line.put("rows", amounts.rows());
                    line.put("bytes", amounts.bytes());
                    line.put("millis", amounts.millis());
                    lines.add(line);
                });
        jdbc.sql(
                        """
                        INSERT INTO caller_usage AS old
                          (day, account, tenant, tenants, requests, refused, rows, bytes, millis)
                        SELECT day, account, tenant, min(tenants), sum(requests), sum(refused), sum(rows), sum(bytes),
                          sum(millis)
                        FROM jsonb_to_recordset(CAST(:lines AS jsonb)) AS new (day date, account text,
                          tenant text, tenants text[], requests bigint, refused bigint, rows bigint,
                          bytes bigint, millis bigint)
                        GROUP BY day, account, tenant
                        ORDER BY day, account, tenant
                        ON CONFLICT (day, account, tenant) DO UPDATE SET
                          requests = old.requests + excluded.requests,
                          refused = old.refused + excluded.refused,
                          rows = old.rows + excluded.rows,
                          bytes = old.bytes + excluded.bytes,
                          millis = old.millis + excluded.millis\
                        """)
                .param("lines", JsonMapper.shared().writeValueAsString(lines))
                .update();
    }

    /**
     * One text for a list of any length. Between several is what no name has, so that the text of
     * two is never that of one.
     */
    private static String key(List<String> tenants) {
        return BookedName.of(String.join("\0", tenants));
    }

    /** The rows that are written of a day. */
    long rows(Usage.Total total) {
        return rows(List.of(total)).getOrDefault(total, 0L);
    }

    Map<Usage.Total, Long> rows(Collection<Usage.Total> totals) {
        Map<Usage.Total, Long> rows = new HashMap<>();
        if (totals.isEmpty()) {
            return rows;
        }
        for (Usage.Kind kind : Usage.Kind.values()) {
            List<Usage.Total> asked = totals.stream().filter(t -> t.kind() == kind).toList();
            if (asked.isEmpty()) {
                continue;
            }
            asked.forEach(total -> rows.put(total, 0L));
            String sql =
                    switch (kind) {
                        case CALLER ->
                                """
                                SELECT day, account AS name, sum(rows) AS rows FROM caller_usage
                                WHERE day = ANY (CAST(:days AS date[]))
                                  AND account = ANY (CAST(:names AS text[]))
                                GROUP BY day, account\
                                """;
                        case TENANT ->
                                """
                                SELECT u.day, n.name, sum(u.rows) AS rows
                                FROM caller_usage u CROSS JOIN LATERAL (
                                  SELECT DISTINCT t AS name FROM unnest(u.tenants) t) n
                                WHERE u.day = ANY (CAST(:days AS date[]))
                                  AND u.tenants && CAST(:names AS text[])
                                  AND n.name = ANY (CAST(:names AS text[]))
                                GROUP BY u.day, n.name\
                                """;
                    };
            jdbc.sql(sql)
                    .param(
                            "days",
                            asked.stream()
                                    .map(total -> total.day().toString())
                                    .distinct()
                                    .toArray(String[]::new))
                    .param(
                            "names",
                            asked.stream().map(Usage.Total::name).distinct().toArray(String[]::new))
                    .query(
                            row -> {
                                Usage.Total total =
                                        new Usage.Total(
                                                row.getObject("day", LocalDate.class),
                                                kind,
                                                row.getString("name"));
                                rows.computeIfPresent(total, (_, _) -> longOf(row, "rows"));
                            });
        }
        return rows;
    }

    private static long longOf(ResultSet row, String column) {
        try {
            return row.getLong(column);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A page, the latest days first. */
    List<Line> lines(
            @Nullable LocalDate from,
            @Nullable LocalDate to,
            @Nullable String account,
            @Nullable String tenant,
            @Nullable Place after,
            int limit) {
        return jdbc.sql(
                        """
                        SELECT * FROM caller_usage
                        WHERE (CAST(:from AS date) IS NULL OR day >= :from)
                          AND (CAST(:to AS date) IS NULL OR day < :to)
                          AND (CAST(:account AS text) IS NULL OR account = :account)
                          AND (CAST(:tenant AS text) IS NULL OR tenants @> ARRAY[CAST(:tenant AS text)])
                          AND (CAST(:day AS date) IS NULL
                               OR (day, account, tenant) < (:day, CAST(:afterAccount AS text), CAST(:afterKey AS text)))
                        ORDER BY day DESC, account DESC, tenant DESC
                        LIMIT :limit\
                        """)
                .param("from", from)
                .param("to", to)
                .param("account", account)
                .param("tenant", tenant)
                .param("day", after == null ? null : after.day())
                .param("afterAccount", after == null ? null : after.account())
                .param("afterKey", after == null ? null : after.key())
                .param("limit", limit)
                .query(
                        (row, _) ->
                                new Line(
                                        row.getObject("day", LocalDate.class),
                                        row.getString("account"),
                                        row.getString("tenant"),
                                        List.of((String[]) row.getArray("tenants").getArray()),
                                        row.getLong("requests"),
                                        row.getLong("refused"),
                                        row.getLong("rows"),
                                        row.getLong("bytes"),
                                        row.getLong("millis")))
                .list();
    }

    int delete(LocalDate before, int atMost) {
        return jdbc.sql(
                        """
                        DELETE FROM caller_usage WHERE (day, account, tenant) IN (
                          SELECT day, account, tenant FROM caller_usage WHERE day < :before LIMIT :limit)\
                        """)
                .param("before", before)
                .param("limit", atMost)
                .update();
    }
}
