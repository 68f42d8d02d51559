package dev.millrace.operations.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;

class BinaryCopyTest {

    private static final String COPY =
            "COPY pg_temp.copied (t, b, i, n, at, j, ns, ts) FROM STDIN WITH (FORMAT binary)";

    private Connection connection;

    private record Row(
            @Nullable String text,
            @Nullable String latin1,
            int integer,
            long number,
            @Nullable Instant at,
            List<Long> numbers,
            List<String> texts) {}

    @BeforeEach
    void makeTable() throws SQLException {
        connection = TestWarehouse.create().ownerConnection();
        execute(
                "CREATE TEMP TABLE copied (t text, b bytea, i integer, n bigint, at timestamptz, j"
                        + " jsonb, ns bigint[], ts text[])");
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void copy(List<Row> rows) throws SQLException {
        BinaryCopy.copy(
                connection,
                COPY,
                rows,
                (copy, row) -> {
                    copy.row(8);
                    copy.text(row.text());
                    copy.bytea(bytes(row));
                    copy.integer(row.integer());
                    copy.bigint(row.number());
                    copy.timestamptz(row.at());
                    copy.jsonb("{\"é\": [" + row.number() + "]}");
                    copy.bigints(row.numbers());
                    copy.texts(row.texts());
                });
    }

    private static byte @Nullable [] bytes(Row row) {
        return row.latin1() == null ? null : row.latin1().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(20), 1, 0x2FFFF)
                .filter(c -> c < 0xD800 || c > 0xDFFF)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static Row random(int number, Random random) {
        byte[] bytes = new byte[random.nextInt(2_000)];
        random.nextBytes(bytes);
        return new Row(
                random.nextInt(5) == 0 ? null : text(random),
                random.nextInt(5) == 0 ? null : new String(bytes, StandardCharsets.ISO_8859_1),
                number,
                random.nextLong(),
                random.nextInt(5) == 0
                        ? null
                        : Instant.EPOCH.plus(
                                random.nextLong(-1L << 50, 1L << 51), ChronoUnit.MICROS),
                LongStream.range(0, random.nextInt(4)).map(_ -> random.nextLong()).boxed().toList(),
                Stream.generate(() -> text(random)).limit(random.nextInt(4)).toList());
    }

    @Test
    void whatIsCopiedIsWhatIsThere() throws SQLException {
        Random random = new Random(7);
        List<Row> rows = new ArrayList<>();
        // More than is sent at once.
        for (int i = -500; i < 500; i++) {
            rows.add(random(i, random));
        }

        copy(rows);

        try (Statement statement = connection.createStatement();
                ResultSet found =
                        statement.executeQuery(
                                "SELECT *, (extract(epoch FROM at) * 1000000)::bigint, j -> 'é' ->>"
                                        + " 0 FROM copied ORDER BY i")) {
            for (Row row : rows) {
                found.next();
                assertThat(found.getString(1)).isEqualTo(row.text());
                assertThat(found.getBytes(2)).isEqualTo(bytes(row));
                assertThat(found.getInt(3)).isEqualTo(row.integer());
                assertThat(found.getLong(4)).isEqualTo(row.number());
                long micros = found.getLong(9);
                assertThat(found.wasNull() ? null : Instant.EPOCH.plus(micros, ChronoUnit.MICROS))
                        .isEqualTo(row.at());
                assertThat(found.getString(10)).isEqualTo(String.valueOf(row.number()));
                assertThat(Arrays.asList((Long[]) found.getArray(7).getArray()))
                        .isEqualTo(row.numbers());
                assertThat(Arrays.asList((String[]) found.getArray(8).getArray()))
                        .isEqualTo(row.texts());
            }
            assertThat(found.next()).isFalse();
        }
    }

    @Test
    void oneBadRowLeavesNoneAndAConnectionThatIsGood() throws SQLException {
        Row good = new Row("a", "", 1, 1, Instant.EPOCH, List.of(), List.of());
        Row bad = new Row("a\0b", "", 1, 1, Instant.EPOCH, List.of(), List.of());

        assertThatThrownBy(() -> copy(List.of(good, bad)))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22021"));
        assertThatThrownBy(
                        () ->
                                BinaryCopy.copy(
                                        connection,
                                        COPY,
                                        List.of(good),
                                        (copy, row) -> {
                                            copy.row(8);
                                            throw new IllegalStateException("half-way");
                                        }))
                .hasMessage("half-way");

        copy(List.of(good));
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT count(*) FROM copied")) {
            found.next();
            assertThat(found.getLong(1)).isOne();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aConnectionThatWasCutIsNotLentAgain(boolean halfWay) throws SQLException {
        TestWarehouse warehouse = TestWarehouse.create();
        try (HikariDataSource pool = warehouse.pool(Role.TRANSFORM)) {
            pool.setMaximumPoolSize(1);
            Connection lent = pool.getConnection();
            try (Statement statement = lent.createStatement()) {
                statement.execute("CREATE TEMP TABLE cut (i int)");
                int pid = lent.unwrap(PGConnection.class).getBackendPID();
                if (!halfWay) {
                    end(warehouse, pid);
                }
                assertThatThrownBy(
                                () ->
                                        BinaryCopy.copy(
                                                lent,
                                                "COPY cut FROM STDIN WITH (FORMAT binary)",
                                                List.of(1),
                                                (copy, row) -> {
                                                    copy.row(1);
                                                    copy.integer(row);
                                                    end(warehouse, pid);
                                                }))
                        .isInstanceOf(SQLException.class);
            } finally {
                assertThatThrownBy(lent::close).isInstanceOf(SQLException.class);
            }

            try (Connection next = pool.getConnection();
                    Statement statement = next.createStatement()) {
                statement.execute("SELECT 1");
            }
        }
    }

    private static void end(TestWarehouse warehouse, int pid) throws SQLException {
        warehouse.execute(Role.TRANSFORM, "SELECT pg_terminate_backend(" + pid + ", 10000)");
    }
}
