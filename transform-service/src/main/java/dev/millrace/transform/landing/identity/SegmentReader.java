package dev.millrace.transform.landing.identity;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads the members of a segment in the order of its buckets. */
final class SegmentReader implements AutoCloseable {

    private static final int FETCH = 256;

    private final PreparedStatement select;
    private final ResultSet rows;
    private final int bucketBits;
    private boolean more;

    SegmentReader(Connection connection, long segment) throws SQLException {
        this.bucketBits = bits(connection, segment);
        this.select =
                connection.prepareStatement(
                        """
                        SELECT bucket, fingerprints FROM transform.identity_bucket
                        WHERE segment = ? ORDER BY bucket
                        """);
        select.setFetchSize(FETCH);
        select.setLong(1, segment);
        this.rows = select.executeQuery();
        this.more = rows.next();
    }

    private static int bits(Connection connection, long segment) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        "SELECT bucket_bits FROM transform.identity_segment WHERE id = ?")) {
            select.setLong(1, segment);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    int bucketBits() {
        return bucketBits;
    }

    /** Adds the members whose first bits are a prefix; to be called for one after the other. */
    void readTo(int prefix, int bits, Fingerprints members) throws SQLException {
        while (more && rows.getInt(1) >>> (bucketBits - bits) == prefix) {
            members.addAll(Fingerprints.read(rows.getBytes(2)));
            more = rows.next();
        }
    }

    @Override
    public void close() throws SQLException {
        rows.close();
        select.close();
    }
}
