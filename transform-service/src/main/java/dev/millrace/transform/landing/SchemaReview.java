package dev.millrace.transform.landing;

import dev.millrace.contracts.project.source.SchemaContract.Mode;
import dev.millrace.contracts.record.QuarantineReason;
import dev.millrace.transform.quarantine.InvalidFilterException;
import dev.millrace.transform.quarantine.QuarantineFilter;
import dev.millrace.transform.quarantine.Replays;
import dev.millrace.transform.schema.Proposal;
import dev.millrace.transform.schema.Proposals;
import dev.millrace.transform.schema.Tables;
import dev.millrace.transform.schema.Verdict;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import javax.sql.DataSource;

/**
 * Decides on changes of tables. The change, the decision and the replay of the records that waited
 * for it are one transaction; what they become is then found by landing them again.
 */
final class SchemaReview {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final DataSource database;
    private final Tables tables;
    private final Proposals proposals;
    private final Replays replays;
    private final Supplier<Routes> routes;
    private final Clock clock;

    SchemaReview(
            DataSource database,
            Tables tables,
            Proposals proposals,
            Replays replays,
            Supplier<Routes> routes,
            Clock clock) {
        this.database = database;
        this.tables = tables;
        this.proposals = proposals;
        this.replays = replays;
        this.routes = routes;
        this.clock = clock;
    }

    /** It was decided on already. */
    static final class DecidedException extends RuntimeException {
        DecidedException(long id) {
            super("The schema change %d was decided on already.".formatted(id));
        }
    }

    /**
     * Makes a change that was proposed.
     *
     * @return the proposal afterwards; nothing if there is none of that number
     * @throws SQLException also when the {@linkplain Tables#isLockMissed table is in use}
     */
    Optional<Proposal> approve(long id, String by, String why) throws SQLException {
        Optional<Proposal> found = proposals.find(id);
        if (found.isEmpty()) {
            return found;
        }
        if (found.get().state() == Proposal.State.APPROVED) {
            throw new DecidedException(id);
        }
        tables.make(
                found.get().wanted(),
                routes.get().layout(found.get().wanted().key().relation()),
                routes.get().revision(),
                PATIENCE,
                new Verdict(
                        id,
                        by,
                        why,
                        connection -> {
                            if (!proposals.approve(connection, id, by, why, clock.instant())) {
                                throw new DecidedException(id);
                            }
                            replay(connection, id, by);
                        }));
        return proposals.find(id);
    }

    /**
     * Rejects a change that was proposed.
     *
     * @param then what becomes of records that need it
     * @return the proposal afterwards; nothing if there is none of that number
     */
    Optional<Proposal> reject(long id, String by, String why, Mode then) throws SQLException {
        Optional<Proposal> found = proposals.find(id);
        if (found.isEmpty()) {
            return found;
        }
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                if (!proposals.reject(connection, found.get(), by, why, then, clock.instant())) {
                    throw new DecidedException(id);
                }
                replay(connection, id, by);
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
        return proposals.find(id);
    }

    private void replay(Connection connection, long id, String by) throws SQLException {
        try {
            QuarantineFilter waiting =
                    QuarantineFilter.parse(
                            Map.of(
                                    "reason",
                                    QuarantineReason.SCHEMA_REVIEW.code(),
                                    "proposal",
                                    Long.toString(id)));
            replays.ask(connection, new Replays.Request(waiting, null, null, null), by);
        } catch (InvalidFilterException e) {
            throw new IllegalStateException(e);
        }
    }
}
