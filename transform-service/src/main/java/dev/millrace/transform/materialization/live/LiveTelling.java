package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;

import java.sql.SQLException;
import java.time.Duration;

/**
 * Tells of a live model's changes, and not of each one: a table may change twenty times a second.
 */
final class LiveTelling {

    private final LiveNews news;
    private final RelationName relation;
    private final Duration least;
    private boolean isUntold;
    private long rows;
    private long toldAt;

    /**
     * @param least how long to wait between two messages
     */
    LiveTelling(LiveNews news, RelationName relation, Duration least) {
        this.news = news;
        this.relation = relation;
        this.least = least;
        this.toldAt = System.nanoTime() - least.toNanos();
    }

    /** Its table is not what others know. */
    void changed(long written) {
        isUntold = true;
        rows += written;
    }

    /** Tells what is to be told by now. */
    void tell() throws SQLException {
        if (isUntold && rest().isZero()) {
            tellAtOnce();
        }
    }

    /** Tells what is to be told. */
    void tellAtOnce() throws SQLException {
        if (isUntold) {
            news.changed(relation, rows);
            toldAt = System.nanoTime();
            isUntold = false;
            rows = 0;
        }
    }

    void failed(String message) {
        news.failed(relation, message);
    }

    /** For how long there is time until something is to be told. */
    Duration patience(Duration longest) {
        Duration rest = rest();
        return isUntold && rest.compareTo(longest) < 0 ? rest : longest;
    }

    private Duration rest() {
        Duration rest = least.minusNanos(System.nanoTime() - toldAt);
        return rest.isNegative() ? Duration.ZERO : rest;
    }
}
