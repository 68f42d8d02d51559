package dev.millrace.serving.alert;

import dev.millrace.contracts.project.alert.Alert;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The state of alerts, as tables. */
@Component
class AlertStore {

    private final JdbcClient jdbc;

    /**
     * The right to evaluate an alert, for a time.
     *
     * @param due when it was to be
     */
    record Claim(String alert, String lease, Instant due) {}

    /** An alert as a whole. */
    record Row(
            String name,
            Instant nextAt,
            @Nullable Instant evaluatedAt,
            int failures,
            @Nullable String error,
            @Nullable Instant errorSince,
            boolean errorTold,
            @Nullable String note,
            List<String> channels) {}

    /** A change of state that was. */
    record Change(
            long id,
            String alert,
            String key,
            Map<String, String> labels,
            Instant at,
            String from,
            String to,
            @Nullable BigDecimal value,
            Map<String, @Nullable Object> evidence) {}

    AlertStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Enters an alert of the project, or says that it is still there. */
    void keep(Alert alert, Instant now) {
        jdbc.sql(
                        """
                        INSERT INTO alert (name, next_at, channels, seen_at)
                        VALUES (:name, :now, CAST(:channels AS jsonb), :now)
                        ON CONFLICT (name) DO UPDATE
                        SET seen_at = :now, channels = excluded.channels,
                          -- One that is evaluated more often from now on need not wait any longer.
                          next_at = least(alert.next_at, CAST(:next AS timestamptz))\
                        """)
                .param("name", alert.name())
                .param("now", at(now))
                .param("next", at(now.plus(alert.every())))
                .param("channels", Json.write(alert.channels()))
                .update();
    }

    /** Alerts that no project in force anywhere has had since then. */
    List<String> unseenSince(Instant since) {
        return jdbc.sql("SELECT name FROM alert WHERE seen_at < :since ORDER BY name LIMIT 100")
                .param("since", at(since))
                .query(String.class)
                .list();
    }

    /** Takes alerts that are due and nobody else has, the longest due first. */
    List<Claim> claim(Collection<String> known, Instant now, Duration lease, int most) {
        if (known.isEmpty() || most < 1) {
            return List.of();
        }
        return jdbc.sql(
                        """
                        UPDATE alert SET lease = :owner || '/' || alert.name, lease_until = :until
                        FROM (
                          SELECT name FROM alert
                          WHERE next_at <= :now AND (lease IS NULL OR lease_until <= :now)
                            AND name IN (:known)
                          ORDER BY next_at LIMIT :most FOR UPDATE SKIP LOCKED) AS due
                        WHERE alert.name = due.name
                        RETURNING alert.name, alert.lease, alert.next_at\
                        """)
                // Of this claim, so that a late owner of an earlier one is not taken for its own.
                .param("owner", UUID.randomUUID().toString())
                .param("now", at(now))
                .param("until", at(now.plus(lease)))
                .param("known", known)
                .param("most", most)
                .query(
                        (row, _) ->
                                new Claim(
                                        row.getString("name"),
                                        row.getString("lease"),
                                        instant(row, "next_at")))
                .list();
    }

    /**
     * Locks an alert to write down what its evaluation found.
     *
     * @return nothing if the claim is somebody else's by now
     */
    Optional<Row> locked(Claim claim) {
        return jdbc.sql("SELECT * FROM alert WHERE name = :name AND lease = :lease FOR UPDATE")
                .param("name", claim.alert())
                .param("lease", claim.lease())
                .query(AlertStore::row)
                .optional();
    }

    /** Locks an alert to change it by hand. */
    Optional<Row> locked(String name) {
        return jdbc.sql("SELECT * FROM alert WHERE name = :name FOR UPDATE")
                .param("name", name)
                .query(AlertStore::row)
                .optional();
    }

    Optional<Row> row(String name) {
        return jdbc.sql("SELECT * FROM alert WHERE name = :name")
                .param("name", name)
                .query(AlertStore::row)
                .optional();
    }

    List<Row> rows(Collection<String> names) {
        return names.isEmpty()
                ? List.of()
                : jdbc.sql("SELECT * FROM alert WHERE name IN (:names)")
                        .param("names", names)
                        .query(AlertStore::row)
                        .list();
    }

    /** Writes down an evaluation, and lets go of the alert. */
    void finish(Row row, Instant now) {
        jdbc.sql(
                        """
                        UPDATE alert SET next_at = :next, lease = NULL, lease_until = NULL,
                          evaluated_at = :now, failures = :failures, error = :error,
                          error_since = :errorSince, error_told = :errorTold, note = :note
                        WHERE name = :name\
                        """)
                .param("name", row.name())
                .param("next", at(row.nextAt()))
                .param("now", at(now))
                .param("failures", row.failures())
                .param("error", row.error())
                .param("errorSince", at(row.errorSince()))
                .param("errorTold", row.errorTold())
                .param("note", row.note())
                .update();
    }

    void delete(String name) {
        jdbc.sql("DELETE FROM alert WHERE name = :name").param("name", name).update();
    }

    List<Instance> instances(String alert) {
        return jdbc.sql("SELECT * FROM alert_instance WHERE alert = :alert ORDER BY key")
                .param("alert", alert)
                .query(AlertStore::instance)
                .list();
    }

    /** Instances that fire, of some alerts. */
    List<Instance> firing(Collection<String> alerts) {
        return alerts.isEmpty()
                ? List.of()
                : jdbc.sql(
                                "SELECT * FROM alert_instance WHERE alert IN (:alerts) AND state ="
                                        + " 'firing'")
                        .param("alerts", alerts)
                        .query(AlertStore::instance)
                        .list();
    }

    long firingCount() {
        return jdbc.sql("SELECT count(*) FROM alert_instance WHERE state = 'firing'")
                .query(Long.class)
                .single();
    }

    void save(String alert, Instance instance) {
        Instance.Acknowledgement acknowledgement = instance.acknowledgement();
        jdbc.sql(
                        """
                        INSERT INTO alert_instance (alert, key, labels, state, since, pending_since,
                          clear_since, fired_at, resolved_at, value, note, evidence, told, told_at,
                          muted_by, acknowledged_at, acknowledged_by, acknowledged_note, seen_at)
                        VALUES (:alert, :key, CAST(:labels AS jsonb), :state, :since, :pendingSince,
                          :clearSince, :firedAt, :resolvedAt, :value, :note,
                          CAST(:evidence AS jsonb), :told, :toldAt, :mutedBy, :ackAt, :ackBy,
                          :ackNote, :seenAt)
                        ON CONFLICT (alert, key) DO UPDATE SET state = excluded.state,
                          since = excluded.since, pending_since = excluded.pending_since,
                          clear_since = excluded.clear_since, fired_at = excluded.fired_at,
                          resolved_at = excluded.resolved_at, value = excluded.value,
                          note = excluded.note, evidence = excluded.evidence, told = excluded.told,
                          told_at = excluded.told_at, muted_by = excluded.muted_by,
                          acknowledged_at = excluded.acknowledged_at,
                          acknowledged_by = excluded.acknowledged_by,
                          acknowledged_note = excluded.acknowledged_note,
                          seen_at = excluded.seen_at\
                        """)
                .param("alert", alert)
                .param("key", instance.key())
                .param("labels", Json.write(instance.labels()))
                .param("state", instance.state().text())
                .param("since", at(instance.since()))
                .param("pendingSince", at(instance.pendingSince()))
                .param("clearSince", at(instance.clearSince()))
                .param("firedAt", at(instance.firedAt()))
                .param("resolvedAt", at(instance.resolvedAt()))
                .param("value", instance.value())
                .param("note", instance.note())
                .param("evidence", Json.write(instance.evidence()))
                .param("told", instance.told() == null ? null : instance.told().text())
                .param("toldAt", at(instance.toldAt()))
                .param("mutedBy", instance.mutedBy())
                .param("ackAt", acknowledgement == null ? null : at(acknowledgement.at()))
                .param("ackBy", acknowledgement == null ? null : acknowledgement.by())
                .param("ackNote", acknowledgement == null ? null : acknowledgement.note())
                .param("seenAt", at(instance.seenAt()))
                .update();
    }

    void forget(String alert, String key) {
        jdbc.sql("DELETE FROM alert_instance WHERE alert = :alert AND key = :key")
                .param("alert", alert)
                .param("key", key)
                .update();
    }

    void enter(
            String alert,
            Instance before,
            Instance after,
            Map<String, @Nullable Object> evidence,
            Instant now) {
        jdbc.sql(
                        """
                        INSERT INTO alert_history
                          (alert, key, labels, at, from_state, to_state, value, evidence)
                        VALUES (:alert, :key, CAST(:labels AS jsonb), :now, :from, :to, :value,
                          CAST(:evidence AS jsonb))\
                        """)
                .param("alert", alert)
                .param("key", after.key())
                .param("labels", Json.write(after.labels()))
                .param("now", at(now))
                .param("from", before.state().text())
                .param("to", after.state().text())
                .param("value", after.value())
                .param("evidence", Json.write(evidence))
                .update();
    }

    /** Changes, newest first. */
    List<Change> history(
            String alert,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable Long before,
            int limit) {
        return jdbc.sql(
                        """
                        SELECT * FROM alert_history
                        WHERE alert = :alert
                          AND (CAST(:from AS timestamptz) IS NULL OR at >= :from)
                          AND (CAST(:to AS timestamptz) IS NULL OR at < :to)
                          AND (CAST(:before AS bigint) IS NULL OR id < :before)
                        ORDER BY id DESC LIMIT :limit\
                        """)
                .param("alert", alert)
                .param("from", at(from))
                .param("to", at(to))
                .param("before", before)
                .param("limit", limit)
                .query(AlertStore::change)
                .list();
    }

    boolean hasHistory(String alert) {
        return jdbc.sql("SELECT EXISTS (SELECT FROM alert_history WHERE alert = :alert)")
                .param("alert", alert)
                .query(Boolean.class)
                .single();
    }

    /**
     * A page of instances of all alerts.
     *
     * @param after the alert and key where the last page ended
     */
    List<Named> page(
            @Nullable String alert,
            @Nullable State state,
            @Nullable Boolean acknowledged,
            Named.@Nullable Place after,
            int limit) {
        return jdbc.sql(
                        """
                        SELECT * FROM alert_instance
                        WHERE (CAST(:alert AS text) IS NULL OR alert = :alert)
                          AND (CAST(:state AS text) IS NULL OR state = :state)
                          AND (CAST(:acknowledged AS boolean) IS NULL
                            OR (acknowledged_at IS NOT NULL) = :acknowledged)
                          AND (CAST(:afterAlert AS text) IS NULL
                            OR (alert, key) > (:afterAlert, :afterKey))
                        ORDER BY alert, key LIMIT :limit\
                        """)
                .param("alert", alert)
                .param("state", state == null ? null : state.text())
                .param("acknowledged", acknowledged)
                .param("afterAlert", after == null ? null : after.alert())
                .param("afterKey", after == null ? null : after.key())
                .param("limit", limit)
                .query((row, number) -> new Named(row.getString("alert"), instance(row, number)))
                .list();
    }

    /** An instance with the name of its alert. */
    record Named(String alert, Instance instance) {

        /** Where a page ends. */
        record Place(String alert, String key) {}
    }

    /** Deletes some of what is older than it has to be kept. */
    int deleteHistory(Instant before, int most) {
        return jdbc.sql(
                        """
                        DELETE FROM alert_history WHERE id IN (
                          SELECT id FROM alert_history WHERE at < :before ORDER BY at LIMIT :most)\
                        """)
                .param("before", at(before))
                .param("most", most)
                .update();
    }

    int deleteSilences(Instant before, int most) {
        return jdbc.sql(
                        """
                        DELETE FROM alert_silence WHERE id IN (
                          SELECT id FROM alert_silence WHERE ends_at < :before LIMIT :most)\
                        """)
                .param("before", at(before))
                .param("most", most)
                .update();
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        return new Row(
                row.getString("name"),
                instant(row, "next_at"),
                time(row, "evaluated_at"),
                row.getInt("failures"),
                row.getString("error"),
                time(row, "error_since"),
                row.getBoolean("error_told"),
                row.getString("note"),
                Json.list(row.getString("channels")));
    }

    private static Instance instance(ResultSet row, int number) throws SQLException {
        Instant acknowledged = time(row, "acknowledged_at");
        String told = row.getString("told");
        return new Instance(
                row.getString("key"),
                Json.texts(row.getString("labels")),
                State.of(row.getString("state")).orElseThrow(),
                instant(row, "since"),
                time(row, "pending_since"),
                time(row, "clear_since"),
                time(row, "fired_at"),
                time(row, "resolved_at"),
                row.getBigDecimal("value"),
                row.getString("note"),
                Json.values(row.getString("evidence")),
                told == null ? null : State.valueOf(told.toUpperCase(Locale.ROOT)),
                time(row, "told_at"),
                row.getString("muted_by"),
                acknowledged == null
                        ? null
                        : new Instance.Acknowledgement(
                                acknowledged,
                                row.getString("acknowledged_by"),
                                row.getString("acknowledged_note")),
                instant(row, "seen_at"));
    }

    private static Change change(ResultSet row, int number) throws SQLException {
        return new Change(
                row.getLong("id"),
                row.getString("alert"),
                row.getString("key"),
                Json.texts(row.getString("labels")),
                instant(row, "at"),
                row.getString("from_state"),
                row.getString("to_state"),
                row.getBigDecimal("value"),
                Json.values(row.getString("evidence")));
    }

    private static @Nullable OffsetDateTime at(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
