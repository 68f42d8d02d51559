package dev.millrace.transform.landing.copy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.landing.value.Binary;
import dev.millrace.transform.landing.value.Bytes;
import dev.millrace.transform.landing.value.Day;
import dev.millrace.transform.landing.value.Json;
import dev.millrace.transform.landing.value.Text;
import dev.millrace.transform.landing.value.TimeOfDay;
import dev.millrace.transform.landing.value.Times;
import dev.millrace.transform.landing.value.Timestamp;
import dev.millrace.transform.landing.value.Uuid;
import dev.millrace.transform.landing.value.WallTime;
import dev.millrace.transform.schema.ColumnType;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What is encoded here is what PostgreSQL itself then has. */
class BinaryRowsTest {

    private static final TestWarehouse WAREHOUSE = TestWarehouse.create();
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int TRIES = 30;

    /** What PostgreSQL says of values that were copied in as one column, as text. */
    private static List<String> stored(ColumnType type, List<? extends Object> values) {
        Bytes bytes = new Bytes(16);
        BinaryRows rows = new BinaryRows(bytes);
        rows.begin();
        for (int i = 0; i < values.size(); i++) {
            rows.beginRow(2);
            rows.add(ColumnType.BIGINT, (long) i);
            rows.add(type, values.get(i));
        }
        rows.end();
        try (Connection connection = WAREHOUSE.connection(Role.TRANSFORM);
                Statement statement = connection.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
            statement.execute("CREATE TEMP TABLE t (n bigint, v " + type.sql() + ")");
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(
                            "COPY t FROM STDIN WITH (FORMAT binary)",
                            new ByteArrayInputStream(bytes.toByteArray()));
            List<String> stored = new ArrayList<>();
            try (ResultSet row = statement.executeQuery("SELECT v::text FROM t ORDER BY n")) {
                while (row.next()) {
                    stored.add(String.valueOf(row.getString(1)));
                }
            }
            return stored;
        } catch (SQLException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Provide
    Arbitrary<List<BigDecimal>> numbers() {
        Arbitrary<BigInteger> digits =
                Arbitraries.oneOf(
                        Arbitraries.longs().map(BigInteger::valueOf),
                        Arbitraries.bigIntegers()
                                .between(BigInteger.TEN.pow(60).negate(), BigInteger.TEN.pow(60)),
                        Arbitraries.integers().between(-10_000, 10_000).map(BigInteger::valueOf),
                        Arbitraries.integers()
                                .between(0, 40)
                                .map(zeros -> BigInteger.TEN.pow(zeros)));
        return Combinators.combine(digits, Arbitraries.integers().between(-60, 60))
                .as(BigDecimal::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(200);
    }

    @Property(tries = TRIES)
    void numericKeepsEveryDigit(@ForAll("numbers") List<BigDecimal> numbers) {
        assertThat(stored(ColumnType.NUMERIC, numbers))
                .isEqualTo(numbers.stream().map(BigDecimal::toPlainString).toList());
    }

    @Test
    void numericKeepsTheLargestAndTheSmallest() {
        List<BigDecimal> extremes =
                List.of(
                        new BigDecimal("1e131071"),
                        new BigDecimal("-1e-16383"),
                        new BigDecimal("0." + "9".repeat(16_383)),
                        new BigDecimal("9".repeat(131_072)),
                        new BigDecimal("0.00"),
                        new BigDecimal(BigInteger.valueOf(Long.MIN_VALUE), 3),
                        new BigDecimal("1e3"));

        assertThat(stored(ColumnType.NUMERIC, extremes))
                .isEqualTo(extremes.stream().map(BigDecimal::toPlainString).toList());
    }

    @Property(tries = TRIES)
    void wholeNumbersAreTheSameInBigintAndNumeric(@ForAll List<Long> numbers) {
        List<String> expected = numbers.stream().map(String::valueOf).toList();

        assertThat(stored(ColumnType.BIGINT, numbers)).isEqualTo(expected);
        assertThat(stored(ColumnType.NUMERIC, numbers)).isEqualTo(expected);
        assertThat(stored(ColumnType.TEXT, numbers)).isEqualTo(expected);
    }

    @Provide
    Arbitrary<List<Timestamp>> times() {
        return Arbitraries.longs()
                .between(Times.MIN_MICROS, 253_402_300_799_999_999L)
                .map(micros -> new Timestamp(micros, "t" + micros))
                .list()
                .ofMaxSize(200);
    }

    @Property(tries = TRIES)
    void momentsAreKeptToTheMicrosecond(@ForAll("times") List<Timestamp> times) {
        // PostgreSQL reads what Millrace writes of the same moments elsewhere, and agrees.
        assertThat(stored(ColumnType.TIMESTAMPTZ, times))
                .isEqualTo(read(times.stream().map(time -> Times.sql(time.micros())).toList()));
    }

    private static List<String> read(List<String> timestamps) {
        try (Connection connection = WAREHOUSE.connection(Role.TRANSFORM);
                Statement statement = connection.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
            List<String> read = new ArrayList<>();
            try (PreparedStatement select =
                    connection.prepareStatement(
                            "SELECT t::timestamptz::text FROM unnest(?::text[]) t")) {
                select.setArray(1, connection.createArrayOf("text", timestamps.toArray()));
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        read.add(row.getString(1));
                    }
                }
            }
            return read;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Property(tries = TRIES)
    void textIsKeptCharacterByCharacter(@ForAll List<String> texts) {
        List<String> clean = texts.stream().map(Text::clean).toList();

        assertThat(stored(ColumnType.TEXT, clean)).isEqualTo(clean);
    }

    @Property(tries = TRIES)
    void textInJsonbIsKeptToo(@ForAll List<String> texts) {
        List<String> clean = texts.stream().map(Text::clean).toList();

        assertThat(
                        stored(ColumnType.JSONB, clean).stream()
                                .map(json -> JSON.readValue(json, String.class))
                                .toList())
                .isEqualTo(clean);
    }

    @Test
    void everyTypeOfValueGoesIntoTextAndJsonb() {
        List<Object> values =
                List.of(
                        "a\"b",
                        7L,
                        new BigDecimal("1.50"),
                        true,
                        false,
                        new Timestamp(0, "1970-01-01T00:00:00Z"));

        assertThat(stored(ColumnType.TEXT, values))
                .containsExactly("a\"b", "7", "1.50", "true", "false", "1970-01-01T00:00:00Z");
        assertThat(stored(ColumnType.JSONB, values))
                .containsExactly(
                        "\"a\\\"b\"", "7", "1.50", "true", "false", "\"1970-01-01T00:00:00Z\"");
        assertThat(stored(ColumnType.JSONB, List.of(Json.of("{\"b\": 1, \"a\": [2]}"))))
                .containsExactly("{\"a\": [2], \"b\": 1}");
        assertThat(stored(ColumnType.BOOLEAN, List.of(true, false)))
                .containsExactly("true", "false");
        assertThat(stored(ColumnType.BIGINT, List.of(new BigDecimal("1e3"))))
                .containsExactly("1000");
    }

    @Test
    void theNarrowerTypesAreWhatTheirTextsSay() {
        assertThat(
                        stored(
                                ColumnType.DATE,
                                List.of(
                                        new Day(0, "1970-01-01"),
                                        new Day(-719_162, "0001-01-01"),
                                        new Day(2_932_896, "9999-12-31"))))
                .containsExactly("1970-01-01", "0001-01-01", "9999-12-31");
        assertThat(
                        stored(
                                ColumnType.UUID,
                                List.of(
                                        new Uuid(
                                                0x0195c0de_0000_7000L,
                                                0x8000_0000_0000_0001L,
                                                ""))))
                .containsExactly("0195c0de-0000-7000-8000-000000000001");
        assertThat(stored(ColumnType.DOUBLE, List.of(0.1, Double.NaN, -1e300)))
                .containsExactly("0.1", "NaN", "-1e+300");
        assertThat(stored(ColumnType.TIME, List.of(new TimeOfDay(11_045_500_000L, ""))))
                .containsExactly("03:04:05.5");
        assertThat(stored(ColumnType.TIMESTAMP, List.of(new WallTime(1_767_323_045_123_456L, ""))))
                .containsExactly("2026-01-02 03:04:05.123456");
        assertThat(stored(ColumnType.BYTEA, List.of(new Binary(new byte[] {0, -1}))))
                .containsExactly("\\x00ff");
        assertThat(stored(ColumnType.TEXT, List.of(new Day(0, "1970-01-01"), new Uuid(0, 0, "U"))))
                .containsExactly("1970-01-01", "U");
        assertThat(stored(ColumnType.JSONB, List.of(new Day(0, "1970-01-01"), 0.5, Double.NaN)))
                .containsExactly("\"1970-01-01\"", "0.5", "\"NaN\"");
    }
}
