package dev.millrace.transform.schema;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Why a change is made that somebody had to decide on.
 *
 * @param along what else happens in the transaction of the change
 */
public record Verdict(long proposal, String by, String why, Along along) {

    /** Something that happens in a transaction, which others commit. */
    public interface Along {
        void happen(Connection connection) throws SQLException;
    }
}
