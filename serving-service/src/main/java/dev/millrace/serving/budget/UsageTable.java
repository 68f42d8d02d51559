package dev.millrace.serving.budget;

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

    /** One line of the book. */
    record Line(
            LocalDate day,
            String account,
            @Nullable String tenant,
            long requests,
            long refused,
            long rows,
            long bytes,
            long millis) {}

    /** Where a page ended. */
    record Place(LocalDate day, String account, String tenant) {}

    void add(Map<Usage.Entry, Usage.Amounts> batch) {
        List<Map<String, Object>> lines = new ArrayList<>();
        batch.forEach(
                (entry, amounts) -> {
                    Map<String, Object> line = new HashMap<>();
                    line.put("day", entry.day().toString());
                    line.put("account", text(entry.user().account()));
                    line.put("tenant", text(entry.user().tenant()));
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
                          (day, account, tenant, requests, refused, rows, bytes, millis)
                        SELECT day, account, tenant, sum(requests), sum(refused), sum(rows), sum(bytes),
                          sum(millis)
                        FROM jsonb_to_recordset(CAST(:lines AS jsonb)) AS new (day date, account text,
                          tenant text, requests bigint, refused bigint, rows bigint, bytes bigint,
                          millis bigint)
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

    /** PostgreSQL takes no zero bytes in a text. */
    private static String text(@Nullable String name) {
        return name == null ? "" : name.replace('\0', '?');
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
            String column =
                    switch (kind) {
                        case CALLER -> "account";
                        case TENANT -> "tenant";
                    };
            List<Usage.Total> asked = totals.stream().filter(t -> t.kind() == kind).toList();
            if (asked.isEmpty()) {
                continue;
            }
            asked.forEach(total -> rows.put(total, 0L));
            jdbc.sql(
                            """
                            SELECT day, %1$s AS name, sum(rows) AS rows FROM caller_usage
                            WHERE day = ANY (CAST(:days AS date[])) AND %1$s = ANY (CAST(:names AS text[]))
                            GROUP BY day, %1$s\
                            """
                                    .formatted(column))
                    .param(
                            "days",
                            asked.stream()
                                    .map(total -> total.day().toString())
                                    .distinct()
                                    .toArray(String[]::new))
                    .param(
                            "names",
                            asked.stream().map(total -> text(total.name())).toArray(String[]::new))
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
                          AND (CAST(:tenant AS text) IS NULL OR tenant = :tenant)
                          AND (CAST(:day AS date) IS NULL
                               OR (day, account, tenant) < (:day, CAST(:afterAccount AS text), CAST(:afterTenant AS text)))
                        ORDER BY day DESC, account DESC, tenant DESC
                        LIMIT :limit\
                        """)
                .param("from", from)
                .param("to", to)
                .param("account", account)
                .param("tenant", tenant)
                .param("day", after == null ? null : after.day())
                .param("afterAccount", after == null ? null : after.account())
                .param("afterTenant", after == null ? null : after.tenant())
                .param("limit", limit)
                .query(
                        (row, _) ->
                                new Line(
                                        row.getObject("day", LocalDate.class),
                                        row.getString("account"),
                                        row.getString("tenant").isEmpty()
                                                ? null
                                                : row.getString("tenant"),
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
