package dev.millrace.transform.landing;

import dev.millrace.transform.quarantine.QuarantinedRecord;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * Where the records of a batch come from. That moves on in the transaction that lands them, which
 * is why each of them lands once.
 */
interface Origin {

    /**
     * Moves on, before anything else is written.
     *
     * @throws FencedException if somebody else lands these records
     */
    void advance(Connection connection) throws SQLException, FencedException;

    /** Whether its records have come here for the first time. */
    default boolean isFresh() {
        return true;
    }

    /**
     * Says what becomes of each record, now that it is known which of them do not land.
     *
     * @return those that came into quarantine
     */
    List<QuarantinedRecord> settle(
            Connection connection, LandingBatch batch, RowWriting.Written written, Instant at)
            throws SQLException;
}
