package dev.millrace.transform.landing;

import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.value.Times;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.TableKind;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the new rows of a batch that happened long before the latest one that its stream had
 * before the batch: results that are computed already have to take them in.
 */
final class LateRows {

    private final Duration after;

    /**
     * @param after how long before
     */
    LateRows(Duration after) {
        this.after = after;
    }

    /** How late a row is at most. */
    enum Lag {
        HOUR("1h", Duration.ofHours(1)),
        QUARTER_DAY("6h", Duration.ofHours(6)),
        DAY("1d", Duration.ofDays(1)),
        WEEK("7d", Duration.ofDays(7)),
        MONTH("30d", Duration.ofDays(30)),
        MORE("more", Duration.ofSeconds(Long.MAX_VALUE / 1_000_000));

        private static final Lag[] ALL = values();

        private final String label;
        private final long micros;

        Lag(String label, Duration most) {
            this.label = label;
            this.micros = most.toSeconds() * 1_000_000;
        }

        String label() {
            return label;
        }

        static Lag of(long micros) {
            for (Lag lag : ALL) {
                if (micros <= lag.micros) {
                    return lag;
                }
            }
            return MORE;
        }
    }

    /** The latest event times of the tables as they are before the batch. */
    static Map<Relation, Long> watermarks(Connection connection, List<TablePlan> plans)
            throws SQLException {
        Map<String, Relation> appended = new HashMap<>();
        for (TablePlan plan : plans) {
            if (plan.batch().kind() == TableKind.APPENDED) {
                appended.put(plan.relation().qualified(), plan.relation());
            }
        }
        Map<Relation, Long> watermarks = new HashMap<>();
        if (appended.isEmpty()) {
            return watermarks;
        }
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT relation, last_event_at FROM transform.landed_stream
                        WHERE relation = ANY (?::text[]) AND isfinite(last_event_at)
                        """)) {
            select.setArray(1, connection.createArrayOf("text", appended.keySet().toArray()));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    watermarks.put(
                            appended.get(rows.getString(1)),
                            Times.micros(rows.getObject(2, OffsetDateTime.class).toInstant()));
                }
            }
        }
        return watermarks;
    }

    /**
     * How many of the new rows are late, by table and by how late they are.
     *
     * @param now as a row from the future must not make all others late
     */
    Map<Relation, Map<Lag, Long>> count(
            List<TablePlan> plans, Map<Relation, Long> watermarks, BitSet fresh, long now) {
        Map<Relation, Map<Lag, Long>> late = new HashMap<>();
        for (TablePlan plan : plans) {
            Long latest = watermarks.get(plan.relation());
            if (latest == null) {
                continue;
            }
            long watermark = Math.min(latest, now);
            long before = watermark - after.toNanos() / 1_000;
            for (Row row : plan.batch().rows()) {
                if (row.eventAt() < before && fresh.get(row.record())) {
                    late.computeIfAbsent(plan.relation(), _ -> new EnumMap<>(Lag.class))
                            .merge(Lag.of(watermark - row.eventAt()), 1L, Long::sum);
                }
            }
        }
        return late;
    }
}
