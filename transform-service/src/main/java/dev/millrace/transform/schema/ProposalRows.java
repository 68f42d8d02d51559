package dev.millrace.transform.schema;

import dev.millrace.contracts.event.SchemaChanged.Change;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Proposals as rows. */
final class ProposalRows {

    private static final String SELECT =
            """
            SELECT p.*, (SELECT count(*) FROM transform.quarantine q
              WHERE q.waits_for @> ARRAY[p.id] AND q.state = 'held') AS waiting
            FROM transform.schema_proposal p
            """;

    private ProposalRows() {}

    static Optional<Proposal> find(Connection connection, long id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT + "WHERE p.id = ?")) {
            select.setLong(1, id);
            return list(select).stream().findFirst();
        }
    }

    static List<Proposal> newest(
            Connection connection, Proposal.State state, String relation, long before, int limit)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        SELECT
                                + """
                                WHERE p.state = ? AND (? = '' OR p.relation = ?) AND p.id < ?
                                ORDER BY p.id DESC LIMIT ?
                                """)) {
            select.setString(1, state.text());
            select.setString(2, relation);
            select.setString(3, relation);
            select.setLong(4, before);
            select.setInt(5, limit);
            return list(select);
        }
    }

    static Optional<Proposal> lock(Connection connection, WantedChange.Key key)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT p.*, 0 AS waiting FROM transform.schema_proposal p
                        WHERE relation = ? AND change = ? AND column_name = ? FOR UPDATE
                        """)) {
            select.setString(1, key.relation().qualified());
            select.setString(2, text(key.change()));
            select.setString(3, key.column());
            return list(select).stream().findFirst();
        }
    }

    static Optional<Long> insert(
            Connection connection, WantedChange wanted, long records, String revision, Instant at)
            throws SQLException {
        boolean table = wanted.key().change() == Change.CREATE_TABLE;
        NeededColumn column = table ? null : wanted.columns().getFirst();
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        INSERT INTO transform.schema_proposal (relation, change, column_name,
                          data_type, table_kind, columns, origin, likely_renamed_from, revision,
                          topic, partition, record_offset, records, proposed_at)
                        VALUES (?, ?, ?, ?, ?, ?::jsonb, nullif(?, ''), ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING RETURNING id
                        """)) {
            insert.setString(1, wanted.key().relation().qualified());
            insert.setString(2, text(wanted.key().change()));
            insert.setString(3, wanted.key().column());
            insert.setString(4, column == null ? null : column.type().sql());
            insert.setString(5, wanted.kind().name().toLowerCase(Locale.ROOT));
            insert.setString(6, ProposedColumns.write(wanted.columns()));
            insert.setString(7, column == null ? null : column.origin());
            insert.setString(8, column == null ? null : column.likelyRenamedFrom());
            insert.setString(9, revision);
            insert.setString(10, wanted.first().topic());
            insert.setInt(11, wanted.first().partition());
            insert.setLong(12, wanted.first().offset());
            insert.setLong(13, records);
            insert.setObject(14, at.atOffset(ZoneOffset.UTC));
            try (ResultSet row = insert.executeQuery()) {
                return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
            }
        }
    }

    static void add(Connection connection, long id, List<NeededColumn> columns, long records)
            throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        """
                        UPDATE transform.schema_proposal SET records = records + ?,
                          columns = ?::jsonb,
                          data_type = CASE WHEN change = 'create_table' THEN NULL ELSE ? END
                        WHERE id = ?
                        """)) {
            update.setLong(1, records);
            update.setString(2, ProposedColumns.write(columns));
            update.setString(3, columns.isEmpty() ? null : columns.getFirst().type().sql());
            update.setLong(4, id);
            update.executeUpdate();
        }
    }

    private static List<Proposal> list(PreparedStatement select) throws SQLException {
        List<Proposal> proposals = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                proposals.add(proposal(row));
            }
        }
        return proposals;
    }

    private static Proposal proposal(ResultSet row) throws SQLException {
        String relation = row.getString("relation");
        int dot = relation.indexOf('.');
        return new Proposal(
                row.getLong("id"),
                new WantedChange(
                        new WantedChange.Key(
                                new Relation(
                                        relation.substring(0, dot), relation.substring(dot + 1)),
                                Proposals.change(row.getString("change")),
                                row.getString("column_name")),
                        TableKind.valueOf(row.getString("table_kind").toUpperCase(Locale.ROOT)),
                        ProposedColumns.read(row.getString("columns")),
                        new RecordPosition(
                                row.getString("topic"),
                                row.getInt("partition"),
                                row.getLong("record_offset"))),
                row.getString("revision"),
                row.getLong("records"),
                row.getLong("waiting"),
                Proposal.State.of(row.getString("state")).orElseThrow(),
                row.getObject("proposed_at", OffsetDateTime.class).toInstant(),
                instant(row, "decided_at"),
                row.getString("decided_by"),
                row.getString("decided_why"),
                Proposals.then(row.getString("rejected_then")));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private static String text(Change change) {
        return change.name().toLowerCase(Locale.ROOT);
    }
}
