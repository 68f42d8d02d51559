package dev.millrace.transform.landing.load;

import dev.millrace.operations.problem.Refusal;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.time.Instant;
import java.util.List;

/** Shows operators how far loads are, and lets them help one that does not end by itself. */
@RestController
@RequestMapping("/operator/loads")
class LoadEndpoint {

    private final JdbcClient database;

    LoadEndpoint(JdbcClient database) {
        this.database = database;
    }

    /**
     * A load.
     *
     * @param state {@code arriving}; {@code current}, if the table has its rows; {@code past}, if a
     *     newer one took its place; {@code outrun}, if a newer one did before it was complete
     * @param expected how many records it has; absent until its end came
     * @param staged records whose rows have come, some of them perhaps twice
     * @param leftOut records that are in quarantine, or were discarded
     * @param rows how many rows the table got from it
     * @param problem why it cannot take its place, though it is complete
     */
    record LoadView(
            String source,
            String stream,
            String load,
            String state,
            @Nullable Long expected,
            long staged,
            long leftOut,
            Instant firstAt,
            Instant lastAt,
            @Nullable Instant replacedAt,
            @Nullable Long rows,
            @Nullable String problem) {}

    /** A load by its name. */
    record Named(@Nullable String load) {}

    /** Those of all streams, or of some, the newest of each stream first. */
    @GetMapping
    List<LoadView> loads(
            @RequestParam(required = false) @Nullable String source,
            @RequestParam(required = false) @Nullable String stream) {
        return database.sql(
                        """
                        SELECT s.schema_name source, s.table_name stream, l.load,
                          CASE WHEN l.load = s.current_load THEN 'current'
                            WHEN l.replaced_at IS NOT NULL THEN 'past'
                            WHEN l.load < s.current_load THEN 'outrun'
                            ELSE 'arriving' END state,
                          l.expected, l.staged, (
                            SELECT count(*) FROM transform.load_left_out o
                            WHERE o.stream_id = l.stream_id AND o.load = l.load) left_out,
                          l.first_at, l.last_at, l.replaced_at,
                          l.rows, l.problem
                        FROM transform.load l JOIN transform.load_stream s ON s.id = l.stream_id
                        WHERE s.schema_name = coalesce(:source, s.schema_name)
                          AND s.table_name = coalesce(:stream, s.table_name)
                        ORDER BY s.schema_name, s.table_name, l.load DESC
                        """)
                .param("source", source)
                .param("stream", stream)
                .query(LoadView.class)
                .list();
    }

    /** Takes a load for complete as it is; its end may be lost, or some of its records. */
    @PostMapping("/{source}/{stream}/complete")
    @Transactional
    public LoadView complete(
            @PathVariable String source, @PathVariable String stream, @RequestBody Named named) {
        int updated =
                database.sql(
                                """
                                UPDATE transform.load l SET expected = 0, has_news = true
                                FROM transform.load_stream s
                                WHERE s.id = l.stream_id AND s.schema_name = :source
                                  AND s.table_name = :stream AND l.load = :load
                                  AND l.load > coalesce(s.current_load, '')
                                """)
                        .param("source", source)
                        .param("stream", stream)
                        .param("load", named.load())
                        .update();
        if (updated == 0) {
            throw Refusal.of(
                    HttpStatus.NOT_FOUND,
                    "No load '%s' of %s.%s is arriving; see GET /operator/loads?source=%s&stream=%s."
                            .formatted(named.load(), source, stream, source, stream));
        }
        return loads(source, stream).stream()
                .filter(load -> load.load().equals(named.load()))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Forgets the loads of a stream, so that whichever is complete next takes its place, whatever
     * its name. The table stays as it is until then; what has come of loads that are not complete
     * is deleted.
     */
    @PostMapping("/{source}/{stream}/reset")
    @Transactional
    public List<LoadView> reset(@PathVariable String source, @PathVariable String stream) {
        long id =
                database.sql(
                                """
                                SELECT id FROM transform.load_stream
                                WHERE schema_name = :source AND table_name = :stream
                                FOR UPDATE
                                """)
                        .param("source", source)
                        .param("stream", stream)
                        .query(Long.class)
                        .optional()
                        .orElseThrow(
                                () ->
                                        Refusal.of(
                                                HttpStatus.NOT_FOUND,
                                                "No load of %s.%s has come yet."
                                                        .formatted(source, stream)));
        // Who lands some of a load right now holds the stream, and is waited for.
        for (String table : List.of("load", "load_left_out", "load_row")) {
            database.sql("DELETE FROM transform.%s WHERE stream_id = ?".formatted(table))
                    .param(id)
                    .update();
        }
        database.sql("UPDATE transform.load_stream SET current_load = NULL WHERE id = ?")
                .param(id)
                .update();
        return loads(source, stream);
    }
}
