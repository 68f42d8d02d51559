package dev.millrace.contracts.project.cube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.ProjectLoader.Kind;
import dev.millrace.contracts.project.WrittenProject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;

/** What a user reads who made a mistake in {@code model/**}. */
class CubeMistakesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    cube: []                                  | 1:1: unknown key 'cube'; did you mean 'cubes'?
                    cubes: [{nme: a, sql_table: a}]           | 1:9: the key 'name' is required here
                    cubes: [{name: 1a, sql_table: a}]         | 1:10: the name '1a' must begin with a letter and hold only letters, digits and _, at most 60
                    cubes: [{name: CUBE, sql_table: a}]       | 1:10: the name 'CUBE' has a meaning in Cube's SQL
                    cubes: [{name: a}]                        | 1:10: the cube needs 'sql_table' or 'sql'
                    cubes: [{name: a, sql_table: a, sql: b}]  | 1:33: a cube has either 'sql_table' or 'sql'
                    cubes: [{name: a, sql: ""}]               | 1:24: the SQL is empty
                    cubes: [{name: a, sql_table: "{b}"}]      | 1:30: {b} cannot stand in the cube's own table or query
                    cubes: [{name: a, sql_table: a, dimensions: [{name: b, sql: b}]}] | 1:47: the dimension needs a 'type'
                    cubes: [{name: a, sql_table: a, dimensions: [{name: b, type: string}]}] | 1:47: the dimension needs 'sql' or 'case'
                    cubes: [{name: a, sql_table: a, dimensions: [{name: b, type: geo}]}] | 1:56: a geo dimension has 'latitude' and 'longitude'
                    cubes: [{name: a, sql_table: a, dimensions: [{name: b, type: switch, sql: b}]}] | 1:56: a dimension of type switch has 'values', and no SQL
                    cubes: [{name: a, sql_table: a, dimensions: [{name: b, type: string, sql: b, multi_stage: true}]}] | 1:78: 'multi_stage' is not offered by this version
                    cubes: [{name: a, sql_table: a, dimensions: [{name: b, type: time, sql: b, granularities: [{name: quarter, interval: 1 day}]}]}] | 1:93: 'quarter' is a unit of the calendar already
                    cubes: [{name: a, sql_table: a, dimensions: [{name: b, type: string, case: {when: []}}]}] | 1:77: a case has at least one 'when' with 'sql' and 'label'
                    cubes: [{name: a, sql_table: a, measures: [{name: b, type: sum}]}] | 1:45: a measure of this type needs 'sql'
                    cubes: [{name: a, sql_table: a, measures: [{name: b, sql: b}]}] | 1:45: the measure needs a 'type'
                    cubes: [{name: a, sql_table: a, measures: [{name: b, type: number, sql: "1", filters: [{sql: x}]}]}] | 1:78: a calculated measure has no rows to filter; put the filters on the measures that it is calculated from
                    cubes: [{name: a, sql_table: a, segments: [{name: b}]}] | 1:44: the key 'sql' is required here
                    cubes: [{name: a, sql_table: a, hierarchies: [{name: b, levels: []}]}] | 1:57: a hierarchy names its levels, from coarse to fine
                    cubes: [{name: a, sql_table: a, pre_aggregations: [{name: b, granularity: dai}]}] | 1:62: 'dai' is not one of second, minute, hour, day, week, month, quarter, year
                    cubes: [{name: a, sql_table: a, pre_aggregations: [{name: b, type: roll}]}] | 1:62: 'roll' is not one of [original_sql, rollup, rollup_join, rollup_lambda]
                    cubes: [{name: a, sql_table: a, refresh_key: {evry: 1 hour}}] | 1:47: unknown key 'evry'; did you mean 'every'?
                    cubes: [{name: a, sql_table: a, access_policy: [{rle: x}]}] | 1:50: unknown key 'rle'; did you mean 'role'?
                    cubes: [{name: a, extends: b}]            | 1:28: there is no cube or view 'b'
                    cubes: [{name: a, extends: a}]            | 1:28: 'a' extends itself
                    cubes: [{name: a, sql_table: a, access_policy: []}] | 1:33: without a policy, nobody may see anything; leave the key out, or write 'public: false'
                    cubes: [{name: a, sql_table: a, access_policy: [{member_level: {includes: "*"}}]}] | 1:49: a policy says for which 'group' it is; "*" is everybody
                    cubes: [{name: a, sql_table: a, access_policy: [{group: x, member_level: {includes: [b]}}]}] | 1:86: there is no member 'b'
                    cubes: [{name: a, sql_table: a, access_policy: [{group: x, row_level: {filters: []}}]}] | 1:72: it has either 'filters' or 'allow_all: true'
                    cubes: [{name: a, sql_table: a, access_policy: [{group: x, row_level: {filters: [{member: b, operator: equals, values: [c]}]}}]}] | 1:91: there is no dimension 'b'
                    cubes: [{name: a, sql_table: a, access_policy: [{group: x, conditions: [{if: "1 == 1"}]}]}] | 1:78: a condition is a claim of the caller's token, as in "{ securityContext.is_employee }", with ! before it, or with == or != and text in quotes behind it
                    cubes: [{name: a, sql_table: a, dimensions: [{name: t, sql: t, type: time}], access_policy: [{group: x, row_level: {filters: [{member: t, operator: beforeDate, values: ["2026-01-01"]}]}}]}] | 1:139: rows of a policy are told by texts and numbers, not by time
                    cubes: [{name: a, sql_table: a, dimensions: [{name: u, type: switch, values: [x]}], access_policy: [{group: x, row_level: {filters: [{member: u, operator: set}]}}]}] | 1:47: an access policy of 'a' tells rows by 'u', which needs more than the cube's own rows; put the policy on a view, or the column into the cube
                    cubes: [{name: a, sql_table: a, measures: [{name: b, type: rank}]}] | 1:54: a rank is a measure with 'multi_stage: true'
                    cubes: [{name: a, sql_table: a, measures: [{name: b, type: sum, sql: x, time_shift: [{interval: 1 year}]}]}] | 1:73: 'time_shift' is for measures with 'multi_stage: true'
                    cubes: [{name: a, sql_table: a, measures: [{name: b, type: sum, sql: x, multi_stage: true}]}] | 1:45: a measure with 'multi_stage' is computed from other measures, as in sql: "{revenue}"
                    cubes: [{name: a, sql_table: a, measures: [{name: b, type: number, sql: "1", rolling_window: {trailing: 1 day}}]}] | 1:78: a calculated measure has no window; calculate it from measures that have one
                    cubes: [{name: a, sql_table: "{b.sql()}"}] | 1:30: there is no cube 'b'; did you mean 'a'?
                    cubes: [{name: a, sql: "select * from {a.sql()}"}] | 1:24: the cube's SQL needs itself: a
                    cubes: [{name: a, sql: "select 1 where {FILTER_PARAMS.a.b.filter('c')}"}] | 1:24: there is no dimension 'a.b' to take filters of
                    cubes: [{name: a, sql: "select 1 where {SECURITY_CONTEXT.x.unsafeValue()}"}] | 1:24: a value of the caller's never becomes SQL here; use {SECURITY_CONTEXT.….filter('column')}: )}
                    cubes: [{name: a, sql: "select 1 where {SECURITY_CONTEXT.x.filter('a) or (b')}"}] | 1:24: 'a) or (b' is no SQL that can stand alone: 'a) or (b')}
                    views: [{name: v}]                        | 1:9: a view includes members of at least one cube
                    views: [{name: v, cubes: [{join_path: a, includes: "*"}]}] | 1:39: there is no cube 'a'
                    """)
    void aMistakeIsToldWithItsPlaceAndWhatToWrite(String text, String mistake) {
        assertThat(mistakes(text)).contains("model/a.yml:" + mistake);
    }

    @Test
    void aVariableThatIsNotSetIsToldOnce() {
        assertThat(mistakes("views: [{name: \"${PREFIX}_sales\"}]"))
                .containsOnlyOnce(
                        "model/a.yml:1:16: the environment variable PREFIX is not set; export it"
                                + " for the service that reads this file");
    }

    @Test
    void aViewIsNamedByTheEnvironmentLikeACube() throws InvalidProjectException {
        CubeModel model =
                project(
                                """
                                cubes:
                                  - {name: "${P}_a", sql_table: a, measures: [{name: n, type: count}]}
                                views:
                                  - name: ${P}_v
                                    cubes: [{join_path: "${P}_a", includes: "*"}]
                                    folders: [{name: f, includes: ["*"]}]
                                """)
                        .in(Map.of("P", "shop"))
                        .load()
                        .cubes();

        assertThat(model.cube("shop_a")).isPresent();
        assertThat(model.views().getFirst().name()).isEqualTo("shop_v");
        assertThat(model.views().getFirst().folders().getFirst().members())
                .containsExactly("shop_v.n");
    }

    @Test
    void membersCanBeMergedFromAnAnchor() throws InvalidProjectException {
        Cube cube =
                project(
                                """
                                cubes:
                                  - name: a
                                    sql_table: a
                                    dimensions:
                                      - &key {name: id, sql: id, type: number, primary_key: true}
                                      - {<<: *key, name: other, primary_key: false}
                                """)
                        .load()
                        .cubes()
                        .cube("a")
                        .orElseThrow();

        assertThat(cube.primaryKey()).extracting(Dimension::name).containsExactly("id");
        assertThat(cube.dimension("other").orElseThrow().type()).isEqualTo(Dimension.Type.NUMBER);
    }

    @Test
    void aDateInMetaIsText() throws InvalidProjectException {
        Cube cube =
                project("cubes: [{name: a, sql_table: a, meta: {since: 2020-01-01}}]")
                        .load()
                        .cubes()
                        .cube("a")
                        .orElseThrow();

        assertThat(cube.about().meta()).isEqualTo(Map.of("since", "2020-01-01"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"second", "minute", "hour", "day", "week", "month", "quarter", "year"})
    void everyUnitOfTheCalendarMakesAnInterval(String unit) throws InvalidProjectException {
        String cube =
                """
                cubes:
                  - name: a
                    sql_table: a
                    measures:
                      - {name: m, type: sum, sql: x, rolling_window: {trailing: %s}}
                    pre_aggregations: [{name: p, granularity: %s}]
                """;

        assertThat(project(cube.formatted("-1 " + unit + " 2 " + unit + "s", unit)).mistakes())
                .isEmpty();
        assertThat(project(cube.formatted("1 " + unit + "x", unit)).mistakes()).hasSize(1);
    }

    @Test
    void longTextsDoNotExhaustTheStack() {
        String interval = "1 day" + " 1 day".repeat(50_000);
        String reference = "{" + "a.".repeat(50_000) + "a}";

        assertThat(
                        mistakes(
                                """
                                cubes:
                                  - name: a
                                    sql_table: a
                                    measures:
                                      - {name: m, type: sum, sql: x, rolling_window: {trailing: %s}}
                                      - {name: n, type: sum, sql: "%s"}
                                """
                                        .formatted(interval, reference)))
                .singleElement()
                .asString()
                .endsWith("a path names cubes, each of which joins the next, and a member");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    $$ {x} ; ( $$ + x   | true
                    $a$ $$ ; $a$         | true
                    '{x} ;' + "y{""}"   | true
                    E'\\\\\\\\' + x     | true
                    1 /* ; ( ' */ + 1    | true
                    1 -- ; ( '           | true
                    a$1                  | true
                    $a$ x                | false
                    x + "y              | false
                    1 /* /* */           | false
                    $1 + 1               | false
                    """)
    void whatStandsInQuotesAndCommentsIsNoSql(String sql, boolean good) {
        String yaml = "'" + sql.replace("'", "''") + "'";

        assertThat(
                        mistakes(
                                        "cubes: [{name: a, sql_table: a, segments: [{name: s, sql: %s}]}]"
                                                .formatted(yaml))
                                .isEmpty())
                .isEqualTo(good);
    }

    @Test
    void theQuoteThatIsNotClosedIsNamed() {
        for (String quote : List.of("'", "\"", "$$", "$tag$")) {
            assertThat(
                            mistakes(
                                    """
                                    cubes:
                                      - name: a
                                        sql_table: a
                                        segments:
                                          - name: s
                                            sql: >-
                                              x = %sabc
                                    """
                                            .formatted(quote)))
                    .containsExactly(
                            "model/a.yml:6:14: the quote %s is not closed in: x = %sabc"
                                    .formatted(quote, quote));
        }
    }

    private static List<String> mistakes(String text) {
        return project(text).mistakes();
    }

    private static WrittenProject project(String text) {
        return WrittenProject.of("model/a.yml", text).readBy(Kind.CUBES);
    }
}
