package dev.millrace.transform.materialization;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;

/**
 * Work that needs relations for itself, done in between their readers: whoever waits for a lock
 * makes new readers wait behind it, and so waits for a moment only, steps back, and tries again.
 */
final class ShortLocks {

    /** Something else changed what was looked at, so that all is to be looked at again. */
    static final String CHANGED_MEANWHILE = "40001";

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String DEADLOCK = "40P01";
    private static final Set<String> PASSING =
            Set.of(LOCK_NOT_AVAILABLE, DEADLOCK, CHANGED_MEANWHILE);
    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(400);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Session session;
    private final Duration patience;
    private final @Nullable String searchPath;

    ShortLocks(Session session, Duration patience) {
        this(session, patience, null);
    }

    /**
     * @param searchPath where names are looked for in the step that locks; null for the session's
     */
    ShortLocks(Session session, Duration patience, @Nullable String searchPath) {
        this.session = session;
        this.patience = patience;
        this.searchPath = searchPath;
    }

    /** Work within the transaction. */
    interface Step {

        Step NOTHING = () -> {};

        void run() throws SQLException, ModelSqlException, BuildFailedException;
    }

    /**
     * Commits both steps together, or neither.
     *
     * @param locking waits for no lock longer than a moment
     * @param then runs under the settings that the session had
     * @throws BuildFailedException if there was no gap between readers for all of the patience
     */
    void transaction(Step locking, Step then)
            throws SQLException, ModelSqlException, BuildFailedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                session.transaction(
                        () -> {
                            Settings before = Settings.change(session, searchPath);
                            locking.run();
                            if (then != Step.NOTHING) {
                                before.restore(session);
                                then.run();
                            }
                            return true;
                        });
                return;
            } catch (SQLException e) {
                if (!PASSING.contains(String.valueOf(e.getSQLState()))) {
                    throw e;
                }
                if (System.nanoTime() > deadline) {
                    throw new BuildFailedException(gaveUp(e));
                }
                session.pause(PAUSE);
            }
        }
    }

    private String gaveUp(SQLException last) {
        return CHANGED_MEANWHILE.equals(last.getSQLState())
                ? "the views that read it kept being defined anew for "
                        + patience.toSeconds()
                        + " s, so the new one could not take its place"
                : "it was read without a pause for "
                        + patience.toSeconds()
                        + " s, so the new one could not take its place; is there a"
                        + " transaction that somebody forgot?";
    }

    /** What the session may have been told by a hook, and what the steps change for themselves. */
    private record Settings(String lockTimeout, String searchPath) {

        /** The settings as they were before those that the steps need took their place. */
        static Settings change(Session session, @Nullable String searchPath) throws SQLException {
            return session.query(
                            "SELECT b.lock_timeout, b.search_path,"
                                    + " set_config('lock_timeout', ?, true),"
                                    + " set_config('search_path', coalesce(?, b.search_path), true)"
                                    + " FROM (SELECT current_setting('lock_timeout'),"
                                    + " current_setting('search_path') OFFSET 0)"
                                    + " AS b (lock_timeout, search_path)",
                            row -> new Settings(row.getString(1), row.getString(2)),
                            Long.toString(LOCK_TIMEOUT.toMillis()),
                            searchPath)
                    .getFirst();
        }

        void restore(Session session) throws SQLException {
            session.query(
                    "SELECT set_config('lock_timeout', ?, true),"
                            + " set_config('search_path', ?, true)",
                    row -> true,
                    lockTimeout,
                    searchPath);
        }
    }
}
