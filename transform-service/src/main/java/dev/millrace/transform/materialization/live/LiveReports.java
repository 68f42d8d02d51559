package dev.millrace.transform.materialization.live;

import java.sql.SQLException;

/** Is told how a live model is by the process that has it. */
@FunctionalInterface
interface LiveReports {

    LiveReports NONE = (_, _) -> {};

    /**
     * How it is now.
     *
     * @param answered up to which request it has all that there was, or has failed
     */
    void report(LiveStatus status, long answered) throws SQLException;
}
