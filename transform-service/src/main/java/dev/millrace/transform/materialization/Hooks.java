package dev.millrace.transform.materialization;

import java.sql.SQLException;
import java.util.List;

/** Runs the statements that a user put before and after a build, and says when one has failed. */
final class Hooks {

    private static final int SHOWN = 120;

    private Hooks() {}

    /**
     * Those that want no transaction, and then the others in one together with the work, as dbt
     * does.
     */
    static <T> T before(Session session, List<Build.Hook> hooks, Session.Work<T> work)
            throws SQLException, ModelSqlException, BuildFailedException {
        for (Build.Hook hook : hooks) {
            if (!hook.inTransaction()) {
                run(session, hook, "pre-hook");
            }
        }
        if (hooks.stream().noneMatch(Build.Hook::inTransaction)) {
            return work.run();
        }
        return session.transaction(
                () -> {
                    within(session, hooks, "pre-hook");
                    return work.run();
                });
    }

    /** Those that belong into the transaction, which is open, that puts the relation in place. */
    static void placing(Session session, List<Build.Hook> hooks)
            throws SQLException, BuildFailedException {
        within(session, hooks, "post-hook");
    }

    /** The same as a step of its own, which is none if there is nothing to do. */
    static ShortLocks.Step placingStep(Session session, List<Build.Hook> hooks) {
        return hooks.stream().anyMatch(Build.Hook::inTransaction)
                ? () -> placing(session, hooks)
                : ShortLocks.Step.NOTHING;
    }

    /** Those that want no transaction, when the relation is in place. */
    static void afterwards(Session session, List<Build.Hook> hooks, Built built)
            throws AfterHookFailedException {
        try {
            for (Build.Hook hook : hooks) {
                if (!hook.inTransaction()) {
                    run(session, hook, "post-hook");
                }
            }
        } catch (BuildFailedException e) {
            throw new AfterHookFailedException(built, String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            throw new AfterHookFailedException(
                    built, "its post-hook failed: " + Session.problem(e));
        }
    }

    private static void within(Session session, List<Build.Hook> hooks, String which)
            throws SQLException, BuildFailedException {
        for (Build.Hook hook : hooks) {
            if (hook.inTransaction()) {
                run(session, hook, which);
            }
        }
    }

    private static void run(Session session, Build.Hook hook, String which)
            throws SQLException, BuildFailedException {
        String sql = hook.sql().get();
        if (sql.isBlank()) {
            return;
        }
        try {
            session.hook(sql);
        } catch (SQLException e) {
            // A lock that a hook waits for is the hook's affair, not that of the relation's
            // readers.
            if (Session.isAboutStatement(e) || Session.isAboutLocks(e)) {
                throw new BuildFailedException(
                        "its "
                                + which
                                + " failed: "
                                + Session.problem(e)
                                + " ("
                                + shown(sql)
                                + ")");
            }
            throw e;
        }
    }

    private static String shown(String sql) {
        String line = sql.strip().replaceAll("\\s+", " ");
        return line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line;
    }
}
