package dev.millrace.transform.landing;

import dev.millrace.operations.background.Retention;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import java.time.Clock;

/**
 * Forgets deletes after a while: a change that is older than one of them and comes later than that
 * would bring its row back. Those of histories stay.
 */
@Component
final class TombstoneRetention extends Retention {

    private final JdbcClient database;
    private final LandingSettings settings;
    private final Clock clock;

    TombstoneRetention(JdbcClient database, LandingSettings settings, Clock clock) {
        super("tombstone-retention");
        this.database = database;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    protected int delete(int atMost) {
        return database.sql(
                        """
                        DELETE FROM transform.tombstone WHERE ctid = ANY (ARRAY(
                          SELECT ctid FROM transform.tombstone
                          WHERE deleted_at < ?::timestamptz AND NOT is_history
                          LIMIT ?))
                        """)
                .params(clock.instant().minus(settings.tombstoneRetention()).toString(), atMost)
                .update();
    }
}
