package dev.millrace.transform.quarantine;

import org.springframework.stereotype.Component;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;

/** Writes records into quarantine, in the transaction that would have landed them. */
@Component
public class Quarantine {

    private final Clock clock;

    public Quarantine(Clock clock) {
        this.clock = clock;
    }

    /**
     * Adds the records to the connection's transaction, which the caller commits.
     *
     * @param records whose texts PostgreSQL can hold, and whose times are of four-digit years
     */
    public void add(Connection connection, List<QuarantinedRecord> records) throws SQLException {
        if (!records.isEmpty()) {
            QuarantineCopy.copy(connection, records, clock.instant());
        }
    }
}
