package dev.millrace.transform.landing.identity;

import dev.millrace.transform.landing.copy.BinaryRows;
import dev.millrace.transform.landing.value.Bytes;
import dev.millrace.transform.schema.Relation;

import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;

/**
 * Writes a segment, bucket by bucket, in the connection's transaction. Its filter is written last,
 * once all members are known.
 */
final class SegmentWriter {

    private static final int FLUSH_AT = 256 << 10;
    private static final int COLUMNS = 3;

    private final Connection connection;
    private final long id;
    private final int bucketBits;
    private final IdentityFilter filter;
    private final CopyIn copy;
    private final Bytes buffer = new Bytes(FLUSH_AT + (64 << 10));
    private final BinaryRows rows = new BinaryRows(buffer);
    private long written;

    /**
     * @param tableOid the table that has the members, whatever is of its name later
     * @param most how many members it gets at most
     */
    SegmentWriter(
            Connection connection, Relation relation, long tableOid, long most, OffsetDateTime at)
            throws SQLException {
        this.connection = connection;
        this.bucketBits = Segment.bucketBits(most);
        this.filter = IdentityFilter.of(most);
        this.id = begin(relation, tableOid, at);
        this.copy =
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn(
                                "COPY transform.identity_bucket (segment, bucket, fingerprints)"
                                        + " FROM STDIN WITH (FORMAT binary)");
        rows.begin();
    }

    /** A segment of these members. */
    static void write(
            Connection connection,
            Relation relation,
            long tableOid,
            Fingerprints members,
            OffsetDateTime at)
            throws SQLException {
        SegmentWriter writer =
                new SegmentWriter(connection, relation, tableOid, members.size(), at);
        try {
            writer.write(members.sorted());
            writer.end();
        } finally {
            writer.cancel();
        }
    }

    private long begin(Relation relation, long tableOid, OffsetDateTime at) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        INSERT INTO transform.identity_segment
                          (relation, table_oid, identities, bucket_bits, filter_bytes, made_at)
                        VALUES (?, ?, 0, ?, ?, ?) RETURNING id
                        """)) {
            insert.setString(1, relation.qualified());
            insert.setLong(2, tableOid);
            insert.setInt(3, bucketBits);
            insert.setInt(4, filter.bytes());
            insert.setObject(5, at);
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Writes members that are all of this segment, in the order of their buckets. */
    void write(Fingerprints sorted) throws SQLException {
        int begin = 0;
        while (begin < sorted.size()) {
            int bucket = Segment.bucket(sorted.first(begin), bucketBits);
            int end = begin;
            while (end < sorted.size() && Segment.bucket(sorted.first(end), bucketBits) == bucket) {
                filter.add(sorted.second(end++));
            }
            bucket(bucket, sorted, begin, end);
            begin = end;
        }
        written += sorted.size();
    }

    /** How many of the first bits of a fingerprint say which bucket it is in. */
    int bucketBits() {
        return bucketBits;
    }

    private void bucket(int bucket, Fingerprints sorted, int begin, int end) throws SQLException {
        rows.beginRow(COLUMNS);
        buffer.addInt(Long.BYTES);
        buffer.addLong(id);
        buffer.addInt(Integer.BYTES);
        buffer.addInt(bucket);
        buffer.addInt((end - begin) * Fingerprints.BYTES);
        for (int i = begin; i < end; i++) {
            buffer.addLong(sorted.first(i));
            buffer.addLong(sorted.second(i));
        }
        if (buffer.size() >= FLUSH_AT) {
            flush();
        }
    }

    private void flush() throws SQLException {
        copy.writeToCopy(buffer.array(), 0, buffer.size());
        buffer.clear();
    }

    /** Ends the segment; nothing may be written afterwards. */
    void end() throws SQLException {
        rows.end();
        flush();
        copy.endCopy();
        try (PreparedStatement update =
                connection.prepareStatement(
                        "UPDATE transform.identity_segment SET identities = ? WHERE id = ?")) {
            update.setLong(1, written);
            update.setLong(2, id);
            update.executeUpdate();
        }
        writeFilter();
    }

    private void writeFilter() throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        "INSERT INTO transform.identity_filter (segment, part, bytes) VALUES (?, ?,"
                                + " ?)")) {
            insert.setLong(1, id);
            for (int part = 0; part < filter.parts(); part++) {
                insert.setInt(2, part);
                insert.setBytes(3, filter.part(part));
                insert.executeUpdate();
            }
        }
    }

    /** Ends what was begun, if it did not come to its end. */
    void cancel() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }
}
