package dev.millrace.transform.model.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

class TypeModifierTest {

    private static final String TYPES =
            """
            SELECT a.atttypid::bigint, a.atttypmod, format_type(a.atttypid, a.atttypmod),
              information_schema._pg_char_max_length(a.atttypid, a.atttypmod),
              information_schema._pg_numeric_precision(a.atttypid, a.atttypmod),
              information_schema._pg_numeric_scale(a.atttypid, a.atttypmod)
            FROM pg_attribute a WHERE a.attrelid = 'every_type'::regclass AND a.attnum > 0
            """;

    @Test
    void eachTypeHasTheLengthsThatPostgresGivesIt() throws SQLException {
        try (Connection connection = TestWarehouse.create().connection(Role.MODELS);
                Statement statement = connection.createStatement()) {
            statement.execute(
                    """
                    CREATE TEMP TABLE every_type (
                      a text, b varchar, c varchar(7), d char, e char(12), f bit(3), g varbit(9),
                      h smallint, i integer, j bigint, k real, l double precision, m numeric,
                      n numeric(12), o numeric(12, 3), p numeric(1000, 1000), q boolean,
                      r timestamp(3), s interval, t integer[], u varchar(5)[], v jsonb)
                    """);
            int types = 0;
            try (ResultSet row = statement.executeQuery(TYPES)) {
                while (row.next()) {
                    TypeModifier type = new TypeModifier(row.getLong(1), row.getInt(2));
                    String name = row.getString(3);
                    assertThat(type.length()).as(name).isEqualTo(number(row, 4));
                    assertThat(type.precision()).as(name).isEqualTo(number(row, 5));
                    assertThat(type.scale()).as(name).isEqualTo(number(row, 6));
                    types++;
                }
            }
            assertThat(types).isEqualTo(22);
        }
    }

    private static @Nullable Long number(ResultSet row, int column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? null : number;
    }
}
