package dev.millrace.transform.quarantine;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Decides that records are not wanted, and forgets those that were decided on long ago. */
@Component
class Discards {

    /** Small enough that nobody waits long for the locks of one statement. */
    private static final int CHUNK = 5_000;

    private final JdbcClient database;
    private final Clock clock;

    Discards(JdbcClient database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    long matching(QuarantineFilter filter) {
        return database.sql("SELECT count(*) FROM transform.quarantine WHERE " + filter.condition())
                .params(filter.values())
                .query(Long.class)
                .single();
    }

    /** Marks the records that are there now, and returns how many. */
    long discard(QuarantineFilter filter, String by, String why) {
        long upTo =
                database.sql("SELECT coalesce(max(id), 0) FROM transform.quarantine")
                        .query(Long.class)
                        .single();
        long discarded = 0;
        long after = 0;
        while (true) {
            List<Long> ids = chunk(filter, after, upTo);
            if (ids.isEmpty()) {
                return discarded;
            }
            // What a replay lands at this moment is no longer held when its lock is gone.
            discarded +=
                    database.sql(
                                    """
                                    UPDATE transform.quarantine SET state = 'discarded',
                                      decided_at = ?, decided_by = ?, decided_why = ?
                                    WHERE id IN (SELECT id FROM transform.quarantine
                                      WHERE id = ANY (?) AND state = 'held' ORDER BY id FOR UPDATE)
                                    """)
                            .params(sql(clock.instant()), by, why, ids.toArray(Long[]::new))
                            .update();
            after = ids.getLast();
        }
    }

    private List<Long> chunk(QuarantineFilter filter, long after, long upTo) {
        List<Object> values = new ArrayList<>(filter.values());
        values.addAll(List.of(after, upTo, CHUNK));
        return database.sql(
                        "SELECT id FROM transform.quarantine WHERE %s AND id > ? AND id <= ? ORDER BY id LIMIT ?"
                                .formatted(filter.condition()))
                .params(values)
                .query(Long.class)
                .list();
    }

    /** Deletes some of what was decided on before a moment, and returns how many records. */
    int forget(Instant before, int atMost) {
        return database.sql(
                        """
                        DELETE FROM transform.quarantine WHERE id IN (
                          SELECT id FROM transform.quarantine
                          WHERE state <> 'held' AND decided_at < ?
                          ORDER BY decided_at LIMIT ?)
                        """)
                .params(sql(before), atMost)
                .update();
    }

    /** Forgets jobs that ended before a moment. */
    void forgetReplays(Instant before) {
        database.sql("DELETE FROM transform.quarantine_replay WHERE ended_at < ?")
                .param(sql(before))
                .update();
    }

    private static OffsetDateTime sql(Instant at) {
        return at.atOffset(ZoneOffset.UTC);
    }
}
