package dev.millrace.transform.publish;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.contracts.topic.Topics;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Counts the versions of relations, and tells each change of one as a {@link DatasetChanged}. */
@Component
public class Datasets {

    private final Outbox outbox;

    public Datasets(Outbox outbox) {
        this.outbox = outbox;
    }

    /**
     * A change of a relation that the caller's transaction makes.
     *
     * @param relation schema and name, unquoted, joined by a dot
     * @param rows rows that the change wrote
     * @param watermark latest event time that it brought
     * @param failedChecks checks that failed on what it wrote
     * @param run the run that wrote it
     */
    public record Change(
            String relation,
            long rows,
            @Nullable Instant watermark,
            List<String> failedChecks,
            @Nullable String run) {

        /** Rows that landed. */
        public static Change landed(String relation, long rows, @Nullable Instant watermark) {
            return new Change(relation, rows, watermark, List.of(), null);
        }
    }

    /**
     * Gives each changed relation its next version and writes the message into the outbox. Should
     * be the last thing before the commit, as it makes others who change the same relation wait.
     *
     * @return what was told, in the order of relations
     */
    public List<DatasetChanged> changed(
            Connection connection, List<Change> changes, String revision, Instant at)
            throws SQLException {
        if (changes.isEmpty()) {
            return List.of();
        }
        // All who change relations lock them in this order, and so never wait in a circle.
        List<Change> ordered =
                changes.stream().sorted(Comparator.comparing(Change::relation)).toList();
        Map<String, Long> versions = nextVersions(connection, ordered, at);
        List<DatasetChanged> events = new ArrayList<>(ordered.size());
        for (Change change : ordered) {
            events.add(
                    new DatasetChanged(
                            change.relation(),
                            versions.getOrDefault(change.relation(), 0L),
                            change.rows(),
                            change.watermark(),
                            change.failedChecks(),
                            change.run(),
                            revision,
                            at));
        }
        outbox.append(
                connection,
                events.stream()
                        .map(e -> new Outbox.Message(Topics.DATASETS, e.relation(), e))
                        .toList());
        return events;
    }

    private static Map<String, Long> nextVersions(
            Connection connection, List<Change> ordered, Instant at) throws SQLException {
        try (PreparedStatement upsert =
                connection.prepareStatement(
                        """
                        INSERT INTO transform.relation_version AS v
                          (relation, version, changed_at, watermark, failed_checks)
                        SELECT r.relation, 1, ?::timestamptz, r.watermark,
                          coalesce(string_to_array(r.failed, chr(10)), '{}')
                        FROM unnest(?::text[], ?::timestamptz[], ?::text[])
                          WITH ORDINALITY AS r (relation, watermark, failed, n)
                        ORDER BY r.n
                        ON CONFLICT (relation) DO UPDATE SET
                          version = v.version + 1,
                          changed_at = excluded.changed_at,
                          watermark = greatest(v.watermark, excluded.watermark),
                          failed_checks = excluded.failed_checks
                        RETURNING relation, version
                        """)) {
            upsert.setString(1, at.toString());
            upsert.setArray(2, texts(connection, ordered, Change::relation));
            upsert.setArray(3, texts(connection, ordered, Datasets::watermark));
            upsert.setArray(4, texts(connection, ordered, Datasets::failed));
            Map<String, Long> versions = new HashMap<>();
            try (ResultSet rows = upsert.executeQuery()) {
                while (rows.next()) {
                    versions.put(rows.getString(1), rows.getLong(2));
                }
            }
            return versions;
        }
    }

    private static Array texts(
            Connection connection, List<Change> changes, Function<Change, @Nullable String> text)
            throws SQLException {
        return connection.createArrayOf("text", changes.stream().map(text).toArray());
    }

    private static @Nullable String watermark(Change change) {
        Instant watermark = change.watermark();
        return watermark == null ? null : watermark.toString();
    }

    /** Names of checks have no line breaks. */
    private static @Nullable String failed(Change change) {
        return change.failedChecks().isEmpty()
                ? null
                : change.failedChecks().stream()
                        .map(check -> check.replace('\n', ' '))
                        .collect(Collectors.joining("\n"));
    }
}
