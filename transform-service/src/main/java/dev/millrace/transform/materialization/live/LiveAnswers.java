package dev.millrace.transform.materialization.live;

import java.sql.SQLException;

/** What runs have asked of one live model, and up to where its worker has done it. */
final class LiveAnswers {

    private final LiveReports reports;
    private final LiveProgress progress;
    private volatile LiveRequest request;
    private volatile boolean isRefreshed;
    private volatile long answered;
    private long rebuilt;

    LiveAnswers(LiveRequest request, LiveReports reports, LiveProgress progress) {
        this.request = request;
        this.reports = reports;
        this.progress = progress;
        this.answered = request.answered();
        // One that asked for a new table may have died with who was to build it.
        this.rebuilt = request.answered();
    }

    /**
     * Hears what runs ask.
     *
     * @return whether that is news
     */
    boolean ask(LiveRequest now) {
        boolean isNew = now.asked() > request.asked();
        if (isNew) {
            request = now;
        }
        return isNew;
    }

    /** Somebody wants the table built anew, and waits for no answer. */
    void refresh() {
        isRefreshed = true;
    }

    /** How often runs have asked. */
    long asked() {
        return request.asked();
    }

    boolean isAsked() {
        return isRefreshed || request.asked() > answered;
    }

    /**
     * Lets nobody go on with a table in whose place another one is wanted.
     *
     * @throws NeedsBuildException once for each time that one is
     */
    void rejectUnwanted() throws NeedsBuildException {
        long wanted = request.refreshed();
        if (isRefreshed || wanted > rebuilt) {
            isRefreshed = false;
            rebuilt = wanted;
            throw new NeedsBuildException("somebody asked for it");
        }
    }

    /**
     * Tells how the model is.
     *
     * @param upTo what was asked until now is done; 0 if nothing is
     */
    void report(long upTo) throws SQLException {
        reports.report(progress.status(), Math.max(answered, upTo));
        answered = Math.max(answered, upTo);
    }
}
