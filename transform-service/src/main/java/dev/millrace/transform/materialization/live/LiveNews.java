package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.event.DatasetChanged;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.publish.Datasets;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

import javax.sql.DataSource;

/** Tells others that a live model has changed, or why it does not any more. */
final class LiveNews {

    private static final Logger log = LoggerFactory.getLogger(LiveNews.class);

    /** Messages are read by people. */
    private static final int LONGEST = 1_000;

    private final DataSource database;
    private final Datasets datasets;
    private final Clock clock;
    private final Supplier<String> revision;
    private final Consumer<DatasetChanged> listener;

    /**
     * @param listener hears of each change after it was told
     */
    LiveNews(
            DataSource database,
            Datasets datasets,
            Clock clock,
            Supplier<String> revision,
            Consumer<DatasetChanged> listener) {
        this.database = database;
        this.datasets = datasets;
        this.clock = clock;
        this.revision = revision;
        this.listener = listener;
    }

    void changed(RelationName relation, long rows) throws SQLException {
        tell(relation, rows, null);
    }

    /** That it fails is told as a check that failed, on a version that has no new rows. */
    void failed(RelationName relation, String message) {
        try {
            tell(relation, 0, "live: " + message.substring(0, Math.min(LONGEST, message.length())));
        } catch (SQLException e) {
            log.debug("That {} fails could not be told", relation, e);
        }
    }

    private void tell(RelationName relation, long rows, @Nullable String failure)
            throws SQLException {
        List<DatasetChanged> told;
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                told =
                        datasets.changed(
                                connection,
                                List.of(
                                        new Datasets.Change(
                                                relation.toString(),
                                                rows,
                                                null,
                                                failure == null ? List.of() : List.of(failure),
                                                null)),
                                revision.get(),
                                clock.instant());
                connection.commit();
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
        told.forEach(listener);
    }
}
