package dev.millrace.transform.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.sql.SQLException;

class CrossDatabaseMacrosTest {

    private static MacroStage stage;

    @BeforeAll
    static void openTheStage() throws Exception {
        stage = MacroStage.create();
        stage.execute("set timezone to 'UTC'");
    }

    @AfterAll
    static void closeTheStage() throws Exception {
        stage.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '^',
            textBlock =
                    """
                    year        @ 2019-12-31 23:59:59        @ 2020-01-01 00:00:00        @ 1
                    year        @ 2020-06-01                 @ 2018-12-31                 @ -2
                    quarter     @ 2019-12-31                 @ 2020-04-01                 @ 2
                    quarter     @ 2020-01-01                 @ 2020-03-31                 @ 0
                    quarter     @ 2020-04-01                 @ 2019-12-31                 @ -2
                    month       @ 2020-01-31                 @ 2020-02-01                 @ 1
                    month       @ 2019-11-30                 @ 2021-01-01                 @ 14
                    month       @ 2021-01-01                 @ 2019-11-30                 @ -14
                    day         @ 2020-02-28 23:59:59        @ 2020-03-01 00:00:00        @ 2
                    day         @ 2020-03-01                 @ 2020-02-28                 @ -2
                    week        @ 2019-12-31 00:00:00        @ 2019-12-27 00:00:00        @ -1
                    week        @ 2019-12-31 00:00:00        @ 2019-12-30 00:00:00        @ 0
                    week        @ 2019-12-31 00:00:00        @ 2020-01-02 00:00:00        @ 0
                    week        @ 2019-12-31 00:00:00        @ 2020-01-06 02:02:20        @ 1
                    week        @ 2020-01-04 00:00:00        @ 2020-01-05 00:00:00        @ 1
                    week        @ 2020-01-05 00:00:00        @ 2020-01-11 23:00:00        @ 0
                    week        @ 2020-01-01 00:00:00        @ 2020-01-15 00:00:00        @ 2
                    hour        @ 2019-12-31 23:59:59        @ 2020-01-01 00:00:00        @ 1
                    hour        @ 2020-01-01 10:59:00        @ 2020-01-01 08:01:00        @ -2
                    minute      @ 2020-01-01 00:00:59.999    @ 2020-01-01 00:01:00        @ 1
                    minute      @ 2020-01-01 01:00:00        @ 2019-12-31 23:00:00        @ -120
                    second      @ 2020-01-01 00:00:00.9      @ 2020-01-01 00:00:01.1      @ 1
                    second      @ 2020-01-01 00:00:01        @ 2020-01-01 00:00:00.5      @ -1
                    millisecond @ 2020-01-01 00:00:00.0019   @ 2020-01-01 00:00:01.002    @ 1001
                    microsecond @ 1970-01-01 00:00:00.000001 @ 2020-01-01 00:00:00.000003 @ 1577836800000002
                    """)
    void dateDiffCountsTheBordersBetweenPeriods(
            String part, String first, String second, String difference) throws Exception {
        String expression =
                "({{ dbt.datediff(\"'%s'::timestamp\", \"'%s'::timestamp\", '%s') }})"
                        .formatted(first, second, part);

        assertThat(stage.value(expression + "::bigint")).isEqualTo(difference);
        assertThat(stage.value("pg_typeof" + expression))
                .isEqualTo(
                        part.equals("day") || part.equals("week") ? "integer" : "double precision");
    }

    @Test
    void dateDiffTakesDatesNullsAndExpressions() throws Exception {
        assertThat(
                        stage.value(
                                "{{ dbt.datediff(\"date '2020-01-30'\", \"'2020-02-02'::date\","
                                        + " 'day') }}"))
                .isEqualTo("3");
        assertThat(stage.value("{{ dbt.datediff('null::date', \"'2020-02-02'::date\", 'week') }}"))
                .isEqualTo("null");
        assertThat(
                        stage.value(
                                "{{ dbt.datediff(\"'2020-02-02'::date - 1\","
                                        + " \"'2020-02-02'::date + 1\", 'hour') }}"))
                .isEqualTo("48.0");
        assertThatThrownBy(() -> stage.render("{{ dbt.datediff('a', 'b', 'age') }}"))
                .hasMessageContaining("Unsupported datepart for macro datediff in postgres: 'age'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '^',
            textBlock =
                    """
                    year    @ 1          @ 2021-02-28 10:00:00
                    quarter @ 1          @ 2020-05-29 10:00:00
                    month   @ -1         @ 2020-01-29 10:00:00
                    month   @ '12 * 4'   @ 2024-02-29 10:00:00
                    week    @ 2          @ 2020-03-14 10:00:00
                    day     @ '-(1 + 1)' @ 2020-02-27 10:00:00
                    hour    @ 24         @ 2020-03-01 10:00:00
                    minute  @ 1          @ 2020-02-29 10:01:00
                    second  @ -1         @ 2020-02-29 09:59:59
                    """)
    void dateAddGoesOnByPeriods(String part, String interval, String result) throws Exception {
        assertThat(
                        stage.value(
                                "to_char({{ dbt.dateadd('%s', %s, \"'2020-02-29 10:00'::timestamp\")"
                                                .formatted(part, interval)
                                        + " }}, 'YYYY-MM-DD HH24:MI:SS')"))
                .isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource({
        "2020-02-10, month, 2020-02-29",
        "2021-02-10, month, 2021-02-28",
        "2020-12-31, month, 2020-12-31",
        "2020-02-10, quarter, 2020-03-31",
        "2020-10-01, quarter, 2020-12-31",
        "2020-02-10, year, 2020-12-31",
        "2020-01-01, week, 2020-01-05"
    })
    void lastDayIsThatOfThePeriod(String date, String part, String last) throws Exception {
        String expression = "{{ dbt.last_day(\"'%s'::timestamp\", '%s') }}".formatted(date, part);

        assertThat(stage.value(expression)).isEqualTo(last);
        assertThat(stage.value("pg_typeof(" + expression + ")")).isEqualTo("date");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '^',
            textBlock =
                    """
                    dbt.split_part("'a|b|c'", "'|'", 1)                      @ a
                    dbt.split_part("'a|b|c'", "'|'", 3)                      @ c
                    dbt.split_part("'a|b|c'", "'|'", 4)                      @ ^^
                    dbt.split_part("'a|b|c'", "'|'", -1)                     @ c
                    dbt.split_part("'a|b|c'", "'|'", -3)                     @ a
                    dbt.split_part("'a::b'", "'::'", -1)                     @ b
                    dbt._split_part_negative("'a|b|c'", "'|'", -2)           @ b
                    dbt.concat(["'a'", "'b'", "'c'"])                        @ abc
                    dbt.concat(["'a'", "null"])                              @ null
                    dbt.length("'föö'")                                      @ 3
                    dbt.position("'b'", "'abc'")                             @ 2
                    dbt.replace("'a-b-c'", "'-'", "'+'")                     @ a+b+c
                    dbt.right("'abcd'", 2)                                   @ cd
                    dbt.right("'abcd'", "1 + 2")                             @ bcd
                    dbt.hash("'abc'")                                        @ 900150983cd24fb0d6963f7d28e17f72
                    dbt.hash("12")                                           @ c20ad4d76fe97759aa27a0c99bff6710
                    dbt.cast("'12'", dbt.type_int())                         @ 12
                    dbt.safe_cast("'2020-01-02'", 'date')                    @ 2020-01-02
                    dbt.safe_cast("null", dbt.type_numeric())                @ null
                    dbt.cast_bool_to_text("1 = 1")                           @ true
                    dbt.cast_bool_to_text("null::boolean")                   @ null
                    dbt.string_literal(dbt.escape_single_quotes("it's"))     @ it's
                    dbt.date_trunc('month', "'2020-02-10'::date") ~ '::date' @ 2020-02-01
                    dbt.date(2020, 2, 9)                                     @ 2020-02-09
                    dbt.equals("1", "1")                                     @ true
                    dbt.equals("1", "null")                                  @ null
                    dbt.array_construct([3, 1])                              @ {3,1}
                    dbt.array_construct(["'a'"], 'text')                     @ {a}
                    dbt.array_construct()                                    @ {}
                    dbt.array_construct([], 'text') ~ ' || array[$$a$$]'     @ {a}
                    dbt.array_append(dbt.array_construct([1, 2]), 3)         @ {1,2,3}
                    dbt.array_concat('array[1]', dbt.array_construct([2]))   @ {1,2}
                    """)
    void expressionsHaveTheirValues(String expression, String value) throws Exception {
        assertThat(stage.value("{{ " + expression + " }}")).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '^',
            textBlock =
                    """
                    type_string()    @ TEXT
                    type_timestamp() @ timestamp
                    type_float()     @ float
                    type_numeric()   @ numeric(28,6)
                    type_bigint()    @ bigint
                    type_int()       @ integer
                    type_boolean()   @ boolean
                    """)
    void typesHaveTheirNames(String macro, String name) {
        assertThat(stage.render("{{ dbt." + macro + " }}")).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            quoteCharacter = '^',
            textBlock =
                    """
                    dbt.listagg('name', "' '", 'order by n desc')    @ d c b a
                    dbt.listagg('name', "', '", 'order by n', 2)     @ a, b
                    dbt.listagg('name', "', '", 'order by n', 9)     @ a, b, c, d
                    dbt.listagg('distinct big', "''")                @ falsetrue
                    dbt.listagg('name', order_by_clause='order by n')@ a,b,c,d
                    dbt.any_value('n')                               @ 1
                    dbt.bool_or('n > 3')                             @ true
                    dbt.bool_or('n > 4')                             @ false
                    """)
    void aggregatesHaveTheirValues(String aggregate, String value) throws Exception {
        assertThat(
                        stage.value(
                                "{{ "
                                        + aggregate
                                        + " }} from (values (2, 'b'), (1, 'a'), (4, 'd'), (3, 'c'))"
                                        + " t(n, name), lateral (select (n > 2)::text) l(big)"))
                .isEqualTo(value);
    }

    @Test
    void seriesCountFromOneInTheirType() throws Exception {
        assertThat(stage.rows("{{ dbt.generate_series(5) }}"))
                .containsExactly("1.0", "2.0", "3.0", "4.0", "5.0");
        assertThat(stage.render("{{ dbt.get_powers_of_two(1) }} {{ dbt.get_powers_of_two(5) }}"))
                .isEqualTo("1 3");
        assertThatThrownBy(() -> stage.render("{{ dbt.generate_series(0) }}"))
                .hasMessageContaining("upper bound must be positive");
    }

    @Test
    void aSpineHasAllPeriodsBeforeTheEnd() throws Exception {
        assertThat(spine("day", "2020-02-27", "2020-03-02"))
                .containsExactly("2020-02-27", "2020-02-28", "2020-02-29", "2020-03-01");
        assertThat(spine("month", "2020-01-31", "2020-05-01"))
                .containsExactly("2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30");
        assertThat(spine("quarter", "2020-01-01", "2021-01-01"))
                .containsExactly("2020-01-01", "2020-04-01", "2020-07-01", "2020-10-01");
        assertThat(spine("week", "2020-01-01", "2020-01-22"))
                .containsExactly("2020-01-01", "2020-01-08", "2020-01-15");
    }

    private static Iterable<String> spine(String part, String start, String end)
            throws SQLException {
        return stage.rows(
                "select date_%1$s::date from ({{ dbt.date_spine('%1$s', \"'%2$s'::date\", \"'%3$s'::date\") }}) s"
                        .formatted(part, start, end));
    }

    @Test
    void setOperatorsStandBetweenQueries() throws Exception {
        assertThat(
                        stage.rows(
                                "(select 1 union select 2) {{ dbt.except() }} select 2"
                                        + " {{ dbt.intersect() }} select 2"))
                .containsExactly("1");
    }

    @Test
    void timesAreThoseOfTheTransaction() throws Exception {
        assertThat(
                        stage.value(
                                "{{ dbt.current_timestamp() }} = now(),"
                                        + " pg_typeof({{ dbt.current_timestamp() }}),"
                                        + " {{ dbt.snapshot_get_time() }} = now()::timestamp,"
                                        + " {{ dbt.snapshot_string_as_time('2020-01-01 10:00') }},"
                                        + " pg_typeof({{ dbt.current_timestamp_backcompat() }}),"
                                        + " {{ dbt.current_timestamp_in_utc_backcompat() }}"
                                        + " = now() at time zone 'utc'"))
                .isEqualTo(
                        "true|timestamp with time zone|true|2020-01-01 10:00:00.0|timestamp without"
                                + " time zone|true");
    }

    @Test
    void aProjectsOwnDefaultIsDispatchedTo() throws Exception {
        try (MacroStage own = MacroStage.create()) {
            own.project(
                    "{% macro default__type_string() %}varchar{% endmacro %}"
                            + "{% macro postgres__dateadd(datepart, interval,"
                            + " from_date_or_timestamp) %}own{% endmacro %}");

            assertThat(own.render("{{ dbt.type_string() }} {{ dateadd('day', 1, 'x') }}"))
                    .isEqualTo("varchar own");
        }
    }
}
