package dev.millrace.transform.materialization.live;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.transform.schema.Table;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the catalog of PostgreSQL tells of tables, as the role sees them that runs users' SQL. */
final class CatalogInputs implements LiveInputs {

    private static final String RELATION =
            """
            SELECT c.relkind::text, pg_get_userbyid(c.relowner) = current_user
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ?
            """;
    private static final String COLUMNS =
            """
            SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
            WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
            """;

    private final Sql sql;

    CatalogInputs(Connection connection) {
        this.sql = new Sql(connection);
    }

    private record Found(String kind, boolean isOwn) {}

    @Override
    public LiveInput find(RelationName relation) throws UnfitInputException {
        try {
            List<Found> found =
                    sql.query(
                            RELATION,
                            row -> new Found(row.getString(1), row.getBoolean(2)),
                            relation.schema(),
                            relation.name());
            if (found.isEmpty()) {
                throw new UnfitInputException(
                        "%s is not there yet; it can be followed once it is".formatted(relation));
            }
            return input(relation, found.getFirst());
        } catch (SQLException e) {
            throw new UnfitInputException(
                    "%s cannot be looked at: %s".formatted(relation, e.getMessage()));
        }
    }

    private LiveInput input(RelationName relation, Found found)
            throws SQLException, UnfitInputException {
        if (!found.kind().equals("r") && !found.kind().equals("p")) {
            throw new UnfitInputException(
                    "%s is a view, whose changes nobody tells; make it ephemeral, or a table"
                            .formatted(relation));
        }
        Map<String, String> columns = new LinkedHashMap<>();
        sql.query(
                COLUMNS, row -> columns.put(row.getString(1), row.getString(2)), relation.quoted());
        if (found.isOwn() || columns.containsKey(Table.LOAD)) {
            return new LiveInput(relation, LiveInput.Kind.REPLACED, null, columns);
        }
        if (!columns.containsKey(RowColumns.ID) || !columns.containsKey(RowColumns.LOADED_AT)) {
            throw new UnfitInputException(
                    "%s is not Millrace's, and nobody tells of its changes; land it, or make it a seed or a model"
                            .formatted(relation));
        }
        if (columns.containsKey(Table.VALID_FROM)) {
            return new LiveInput(relation, LiveInput.Kind.KEYED, Table.KEY, columns);
        }
        if (columns.containsKey(Table.POSITION) || columns.containsKey(Table.COLUMN_AT)) {
            return new LiveInput(relation, LiveInput.Kind.KEYED, RowColumns.ID, columns);
        }
        return new LiveInput(relation, LiveInput.Kind.APPENDED, null, columns);
    }
}
