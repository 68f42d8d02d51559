package dev.millrace.transform.landing;

import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.contracts.warehouse.SqlText;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.value.Times;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.TableKind;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings a table that has a row for each key up to what the staging table says. Each column keeps
 * the value whose change stands last in its log, in whatever order changes come: a row has one
 * position for all its columns, and another of their own for those that its newest change did not
 * send. Doing it again changes nothing.
 */
final class KeyedRows {

    /** What has no column stays where the change left that open and is no newer, and else goes. */
    private static final String MERGED_EXTRA =
            """
            CASE WHEN s._mr_column_position IS NULL THEN s._mr_extra ELSE nullif(
                (coalesce(s._mr_extra, '{}') - ARRAY(
                  SELECT e.key FROM jsonb_each_text(s._mr_column_position) e
                  WHERE coalesce((t._mr_column_position ->> e.key)::bigint[], t._mr_position)
                    >= e.value::bigint[])) || coalesce((
                  SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(t._mr_extra) e
                  WHERE coalesce((t._mr_column_position ->> e.key)::bigint[], t._mr_position)
                    >= (s._mr_column_position ->> e.key)::bigint[]), '{}'), '{}') END\
            """;

    private static final String KEPT_TIME =
            """
            CASE WHEN t._mr_deleted_position > s._mr_position
                THEN t._mr_event_at ELSE s._mr_event_at END\
            """;

    private static final String KEPT_MARK =
            """
            ,
              _mr_deleted_at = CASE WHEN t._mr_deleted_position > s._mr_position
                THEN t._mr_deleted_at END\
            """;

    private final Connection connection;
    private final Relation relation;
    private final ChangeColumns columns;
    private final boolean isSoft;
    private final Tombstones.Known tombstones;

    KeyedRows(
            Connection connection,
            Relation relation,
            TableKind kind,
            ChangeColumns columns,
            Tombstones.Known tombstones) {
        this.connection = connection;
        this.relation = relation;
        this.columns = columns;
        this.isSoft = kind == TableKind.KEYED_SOFTLY;
        this.tombstones = tombstones;
    }

    /**
     * Writes what is staged.
     *
     * @param open columns that are left open in some row
     * @param truncate the newest truncate of the batch
     * @return how many rows changed
     */
    long write(List<KeyChange> changes, BitSet open, @Nullable Row truncate) throws SQLException {
        long rows = changes.stream().filter(change -> change.newest() != null).count();
        boolean deletes = changes.stream().anyMatch(change -> change.delete() != null);
        long changed = truncate == null ? 0 : truncate(truncate);
        if (deletes && !isSoft) {
            Tombstones.add(connection, relation, RowColumns.ID, false);
            changed += execute(delete());
        }
        if (rows > 0) {
            long written = execute(merge(open, deletes));
            changed += written;
            if (written < rows && columns.width() > 0) {
                changed += execute(fill(deletes));
            }
        }
        if (deletes && isSoft) {
            changed += execute(mark());
        }
        if (isSoft && tombstones.truncated() != null) {
            execute(markTruncated());
        }
        return changed;
    }

    private long execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    private long truncate(Row truncate) throws SQLException {
        String sql =
                isSoft
                        ? """
                        UPDATE %s SET _mr_deleted_position = ?::bigint[],
                          _mr_deleted_at = ?::timestamptz, _mr_event_at = ?::timestamptz
                        WHERE _mr_position < ?::bigint[]
                          AND coalesce(_mr_deleted_position, '{}') < _mr_position
                        """
                        : "DELETE FROM %s WHERE _mr_position < ?::bigint[]";
        try (PreparedStatement statement =
                connection.prepareStatement(sql.formatted(relation.quoted()))) {
            String position = truncate.change().position().literal();
            int next = 1;
            if (isSoft) {
                statement.setString(next++, position);
                statement.setString(next++, Times.sql(truncate.eventAt()));
                statement.setString(next++, Times.sql(truncate.eventAt()));
            }
            statement.setString(next, position);
            return statement.executeUpdate();
        }
    }

    private String delete() {
        return """
        DELETE FROM %s t USING %s s
        WHERE t._mr_id = s._mr_id AND t._mr_position < s._mr_deleted_position
        """
                .formatted(relation.quoted(), ChangeStaging.TABLE);
    }

    private String merge(BitSet open, boolean deletes) {
        return """
        MERGE INTO %1$s t USING (
          SELECT * FROM %4$s s WHERE s._mr_position IS NOT NULL%5$s) s
        ON t._mr_id = s._mr_id
        WHEN MATCHED AND s._mr_position > t._mr_position THEN UPDATE SET
          _mr_event_at = %11$s, _mr_ingested_at = s._mr_ingested_at,
          _mr_loaded_at = s._mr_loaded_at, _mr_extra = %6$s,
          _mr_position = s._mr_position, _mr_column_position = %7$s%8$s%9$s
        WHEN NOT MATCHED THEN INSERT (%2$s%3$s) VALUES (%10$s)
        """
                .formatted(
                        relation.quoted(),
                        ChangeStaging.base(),
                        columns.names(),
                        ChangeStaging.TABLE,
                        alive(deletes),
                        open.isEmpty() ? "s._mr_extra" : MERGED_EXTRA,
                        open.isEmpty() ? "NULL" : mergedPositions(),
                        isSoft ? KEPT_MARK : "",
                        newest(open),
                        ChangeStaging.base("s.") + columns.names("s."),
                        isSoft ? KEPT_TIME : "s._mr_event_at");
    }

    private String mergedPositions() {
        StringBuilder bases = new StringBuilder();
        for (int column = 0; column < columns.width(); column++) {
            if (isVariant(column)) {
                bases.append(" WHEN ")
                        .append(SqlText.literal(columns.name(column)))
                        .append(" THEN t._mr_column_position ->> ")
                        .append(SqlText.literal(columns.base(column)));
            }
        }
        return """
        CASE WHEN s._mr_column_position IS NOT NULL THEN (
            SELECT jsonb_object_agg(e.key, greatest(e.value::bigint[],
              coalesce((t._mr_column_position ->> e.key)::bigint[], %st._mr_position))::text)
            FROM jsonb_each_text(s._mr_column_position) e) END\
        """
                .formatted(bases.isEmpty() ? "" : "(CASE e.key" + bases + " END)::bigint[], ");
    }

    private boolean isVariant(int column) {
        return !columns.base(column).equals(columns.name(column));
    }

    /**
     * Where the column's value stands that a row has, if it is older than the row. A variant that
     * did not exist yet was left open as the column was that it is of.
     */
    private String position(String alias, int column) {
        String own = alias + "._mr_column_position ->> " + SqlText.literal(columns.name(column));
        return isVariant(column)
                ? "coalesce(%s, %s._mr_column_position ->> %s)::bigint[]"
                        .formatted(own, alias, SqlText.literal(columns.base(column)))
                : "(" + own + ")::bigint[]";
    }

    private String newest(BitSet open) {
        StringBuilder set = new StringBuilder();
        for (int column = 0; column < columns.width(); column++) {
            String name = Relation.quote(columns.name(column));
            set.append(",\n  ").append(name).append(" = ");
            set.append(
                    open.get(column)
                            ? """
                            CASE WHEN %2$s <= coalesce(%3$s, t._mr_position)
                              THEN t.%1$s ELSE s.%1$s END\
                            """
                                    .formatted(name, position("s", column), position("t", column))
                            : "s." + name);
        }
        return set.toString();
    }

    /** What is older than the row, but not than the columns that the row's change left open. */
    private String fill(boolean deletes) {
        Set<String> names = new LinkedHashSet<>();
        List<String> filled = new ArrayList<>();
        for (int column = 0; column < columns.width(); column++) {
            names.add(SqlText.literal(columns.name(column)));
            names.add(SqlText.literal(columns.base(column)));
            filled.add(
                    """
                    %1$s = CASE WHEN %2$s < coalesce(%3$s, s._mr_position)
                      THEN s.%1$s ELSE t.%1$s END\
                    """
                            .formatted(
                                    Relation.quote(columns.name(column)),
                                    position("t", column),
                                    position("s", column)));
        }
        return """
        UPDATE %1$s t SET
          _mr_loaded_at = s._mr_loaded_at,
          _mr_extra = nullif(coalesce(t._mr_extra, '{}') || coalesce((
            SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(s._mr_extra) e
            WHERE (t._mr_column_position ->> e.key)::bigint[] < coalesce(
              (s._mr_column_position ->> e.key)::bigint[], s._mr_position)), '{}'), '{}'),
          _mr_column_position = (
            SELECT jsonb_object_agg(e.key, CASE WHEN e.key IN (%2$s) OR s._mr_extra ? e.key
              THEN greatest(e.value::bigint[],
                coalesce((s._mr_column_position ->> e.key)::bigint[], s._mr_position))
              ELSE e.value::bigint[] END::text)
            FROM jsonb_each_text(t._mr_column_position) e),
          %3$s
        FROM %4$s s
        WHERE t._mr_id = s._mr_id AND t._mr_column_position IS NOT NULL
          AND t._mr_position > s._mr_position%5$s
        """
                .formatted(
                        relation.quoted(),
                        String.join(", ", names),
                        String.join(",\n  ", filled),
                        ChangeStaging.TABLE,
                        alive(deletes));
    }

    /** Where deletes remove rows: a change that a later delete undid stays undone. */
    private String alive(boolean deletes) {
        if (isSoft) {
            return "";
        }
        String alive = "";
        if (tombstones.truncated() != null) {
            alive +=
                    " AND s._mr_position > "
                            + SqlText.literal(tombstones.truncated())
                            + "::bigint[]";
        }
        if (tombstones.any() || deletes) {
            alive +=
                    """

                    AND NOT EXISTS (SELECT FROM transform.tombstone d WHERE d.relation = %s
                      AND d.key = s._mr_id AND d.position > s._mr_position)\
                    """
                            .formatted(SqlText.literal(relation.qualified()));
        }
        return alive;
    }

    private String mark() {
        return """
        INSERT INTO %1$s AS t (%2$s, _mr_deleted_at, _mr_deleted_position%3$s)
        SELECT _mr_id, _mr_deleted_at, _mr_ingested_at, _mr_loaded_at, NULL, '{}', NULL,
          _mr_deleted_at, _mr_deleted_position%3$s
        FROM %4$s s WHERE s._mr_deleted_position IS NOT NULL
        ON CONFLICT (_mr_id) DO UPDATE SET
          _mr_deleted_position = EXCLUDED._mr_deleted_position,
          _mr_deleted_at = CASE WHEN EXCLUDED._mr_deleted_position > t._mr_position
            THEN EXCLUDED._mr_deleted_at END,
          _mr_event_at = CASE WHEN EXCLUDED._mr_deleted_position > t._mr_position
            THEN EXCLUDED._mr_deleted_at ELSE t._mr_event_at END,
          _mr_loaded_at = EXCLUDED._mr_loaded_at
        WHERE EXCLUDED._mr_deleted_position > coalesce(t._mr_deleted_position, '{}')
        """
                .formatted(
                        relation.quoted(),
                        ChangeStaging.base(),
                        columns.names(),
                        ChangeStaging.TABLE);
    }

    /** Rows that came late, from before the relation was truncated. */
    private String markTruncated() {
        String position = SqlText.literal(String.valueOf(tombstones.truncated())) + "::bigint[]";
        String at = SqlText.literal(String.valueOf(tombstones.truncatedAt())) + "::timestamptz";
        return """
        UPDATE %1$s t SET _mr_deleted_position = %2$s, _mr_deleted_at = %3$s, _mr_event_at = %3$s
        FROM %4$s s WHERE t._mr_id = s._mr_id AND t._mr_position < %2$s
          AND coalesce(t._mr_deleted_position, '{}') < t._mr_position
        """
                .formatted(relation.quoted(), position, at, ChangeStaging.TABLE);
    }
}
