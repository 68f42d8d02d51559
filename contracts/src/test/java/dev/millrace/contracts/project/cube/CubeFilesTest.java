package dev.millrace.contracts.project.cube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectLoader;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Map;
import java.util.Set;

class CubeFilesTest {

    private static final String ORDERS =
            """
            cubes:
              - name: orders
                sql_table: mart.orders
                title: Orders
                data_source: default
                refresh_key: {every: 1 hour}
                meta: {owner: growth}
                joins:
                  - {name: customers, relationship: many_to_one, sql: "{CUBE}.customer_id = {customers.id}"}
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true}
                  - {name: status, sql: status, type: string, format: link}
                  - {name: created_at, sql: created_at, type: time, granularities: [{name: fiscal, interval: 1 year, offset: 3 months}]}
                  - name: size
                    type: string
                    case: {when: [{sql: "{CUBE}.amount > 100", label: "it's big"}], else: {label: small}}
                measures:
                  - {name: count, type: count, drill_members: [id, customers.name]}
                  - {name: revenue, sql: amount, type: sum, format: currency, meta: {a: [1, true]}}
                  - {name: paid, type: count, filters: [{sql: "{CUBE}.status = 'paid'"}]}
                  - {name: rate, sql: "1.0 * {paid} / NULLIF({count}, 0)", type: number}
                  - {name: recent, sql: amount, type: sum, rolling_window: {trailing: 7 day, leading: unbounded, offset: end}}
                segments:
                  - {name: paid_only, sql: "{CUBE}.status = 'paid'"}
                hierarchies:
                  - {name: by_state, title: State, levels: [status, size]}
                pre_aggregations:
                  - name: daily
                    type: rollup
                    measures: [count, CUBE.revenue]
                    dimensions: [status]
                    time_dimension: created_at
                    granularity: day
                    partition_granularity: month
                    refresh_key: {every: 1 hour, incremental: true, update_window: 7 day}
                    build_range_start: {sql: "SELECT NOW() - INTERVAL '2 years'"}
                    build_range_end: {sql: "SELECT NOW()"}
                    indexes: [{name: by_status, columns: [status]}]
              - name: customers
                sql: "SELECT * FROM mart.customers -- all of them"
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true, public: true}
                  - {name: name, sql: name, type: string}
                access_policy:
                  - role: "*"
                    conditions: [{if: "{ securityContext.is_employee }"}]
                    member_level: {includes: "*", excludes: [name]}
                    row_level: {filters: [{or: [{member: id, operator: equals, values: ["1"]}]}]}
            views:
              - name: sales
                cubes:
                  - {join_path: orders, includes: "*", excludes: [size]}
                  - {join_path: orders.customers, prefix: true, includes: [id, {name: name, alias: customer}]}
                folders: [{name: Basic, includes: [count]}]
            """;

    @Test
    void everyKeyOfTheFormatIsRead() throws InvalidProjectException {
        CubeModel model = load(Map.of("model/cubes/orders.yml", ORDERS));

        Cube orders = model.cube("orders").orElseThrow();
        assertThat(orders.measures())
                .extracting(Measure::name)
                .containsExactly("count", "revenue", "paid", "rate", "recent");
        assertThat(orders.measure("count").orElseThrow().drillMembers())
                .containsExactly("orders.id", "customers.name");
        assertThat(orders.measure("recent").orElseThrow().window()).isNotNull();
        assertThat(orders.measure("revenue").orElseThrow().about().meta())
                .isEqualTo(Map.of("a", List.of(1, true)));
        assertThat(orders.hierarchies())
                .singleElement()
                .satisfies(
                        h ->
                                assertThat(h.levels())
                                        .containsExactly("orders.status", "orders.size"));
        assertThat(orders.policies()).isEmpty();
        assertThat(model.cube("customers").orElseThrow().policies()).hasSize(1);
    }

    @Test
    void aViewTakesMembersByPathPrefixAndAlias() throws InvalidProjectException {
        View sales = load(Map.of("model/cubes/orders.yml", ORDERS)).views().getFirst();

        assertThat(sales.members())
                .extracting(ViewMember::name)
                .containsExactly(
                        "count",
                        "revenue",
                        "paid",
                        "rate",
                        "recent",
                        "status",
                        "created_at",
                        "paid_only",
                        "customers_id",
                        "customers_customer");
        assertThat(sales.members().getLast().path()).containsExactly("orders", "customers");
        assertThat(sales.folders().getFirst().members()).containsExactly("sales.count");
    }

    @Test
    void labelsAreQuotedSoThatTheyStayText() throws InvalidProjectException {
        Dimension size =
                load(Map.of("model/cubes/orders.yml", ORDERS))
                        .cube("orders")
                        .orElseThrow()
                        .dimension("size")
                        .orElseThrow();

        assertThat(((Dimension.Case) size.expression()).whens().getFirst().label().parts())
                .containsExactly(new SqlTemplate.Text("'it''s big'"));
    }

    @Test
    void commentsDoNotSwallowTheSqlAroundATemplate() throws InvalidProjectException {
        Cube customers =
                load(Map.of("model/cubes/orders.yml", ORDERS)).cube("customers").orElseThrow();

        assertThat(customers.relation().parts())
                .containsExactly(new SqlTemplate.Text("SELECT * FROM mart.customers  "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    sql_table: mart.orders   | sql_tabel: mart.orders        | unknown key 'sql_tabel'; did you mean 'sql_table'
                    type: sum, format        | type: summ, format            | 'summ' is not one of count
                    {customers.id}           | {customer.id}                 | {customer.id} leads nowhere; did you mean 'customers'
                    {customers.id}           | {customers.idd}               | has no member 'idd'; did you mean 'id'
                    {paid} /                 | {payed} /                     | {payed} leads nowhere; did you mean 'paid'
                    sql: amount, type: sum, format | sql: "{count}", type: sum, format | aggregated twice
                    sql: status, type        | sql: "{count}", type          | a measure stands for many rows
                    relationship: many_to_one| relationship: many_to_many    | is not one of one_to_one, one_to_many, many_to_one
                    {name: customers, rel    | {name: customer, rel          | there is no cube 'customer' to join; did you mean 'customers'
                    type: number, primary_key: true} | type: number}         | primary key for 'orders' is required
                    [id, customers.name]     | [id, customers.nam]           | there is no drill member 'customers.nam'
                    levels: [status, size]   | levels: [statu, size]         | there is no dimension 'statu'
                    dimensions: [status]     | dimensions: [stats]           | there is no member 'stats'
                    trailing: 7 day          | trailing: 7 dayz              | neither 'unbounded' nor an interval
                    interval: 1 year         | interval: one year            | is no interval
                    data_source: default     | data_source: other            | only data source
                    title: Orders            | extends: base                 | there is no cube or view 'base'
                    excludes: [size]         | excludes: [sizes]             | there is no member 'sizes'
                    join_path: orders.customers | join_path: customers.orders | declares no join to 'orders'
                    includes: [count]        | includes: [counts]            | there is no member 'counts'
                    {CUBE}.amount > 100      | {CUBE}.amount > (100          | a parenthesis is not closed
                    {CUBE}.amount > 100      | {CUBE}.amount > 100); drop x  | a parenthesis is closed that was not opened
                    {CUBE}.amount > 100      | {CUBE}.amount > 100 ; drop x  | a semicolon ends a statement
                    {CUBE}.amount > 100      | {CUBE}.amount > 'x            | the quote ' is not closed
                    {CUBE}.amount > 100      | {CUBE}.amount > 1 /* x        | a comment is not closed
                    {CUBE}.amount > 100      | {CUBE}.amount > $1            | a parameter such as $1
                    {CUBE}.amount > 100      | {CUBE}.amount ~ {4}           | braces hold the name of a member
                    {CUBE}.amount > 100      | {SECURITY_CONTEXT.a.filter(x)} | it takes a column, or SQL over columns, in quotes
                    {CUBE}.amount > 100      | {FILTER_PARAMS.a.b.filter(x)} | it takes a column, or SQL over columns, in quotes
                    {CUBE}.amount > 100      | {{ x }}                       | Jinja is not offered
                    name: paid_only          | name: paid                    | has a member 'paid' already
                    name: sales              | name: orders                  | the name 'orders' is taken by the cube or view
                    """)
    void aMistakeIsToldWithItsPlaceAndWhatToWrite(String right, String wrong, String message) {
        assertThat(ORDERS).contains(right);

        assertThat(problems(Map.of("model/cubes/orders.yml", ORDERS.replace(right, wrong))))
                .anySatisfy(
                        problem -> {
                            assertThat(problem.message()).contains(message);
                            assertThat(problem.position().file())
                                    .isEqualTo("model/cubes/orders.yml");
                            assertThat(problem.position().line()).isGreaterThan(1);
                        });
    }

    @Test
    void membersThatNeedEachOtherAreACycle() {
        assertThat(
                        problems(
                                Map.of(
                                        "model/cubes/a.yml",
                                        """
                                        cubes:
                                          - name: a
                                            sql_table: a
                                            measures:
                                              - {name: x, type: number, sql: "{y} + 1"}
                                              - {name: y, type: number, sql: "{x} + 1"}
                                        """)))
                .extracting(Problem::message)
                .contains("the member needs itself: a.x -> a.y");
    }

    @Test
    void bracesInsideQuotesAreText() throws InvalidProjectException {
        Cube cube =
                load(Map.of(
                                "model/cubes/a.yml",
                                """
                                cubes:
                                  - name: a
                                    sql_table: a
                                    dimensions:
                                      - {name: x, type: string, sql: "{CUBE}.payload #>> '{a,b}' || E'\\\\'{' || $q$ {z} $q$"}
                                """))
                        .cube("a")
                        .orElseThrow();

        assertThat(
                        ((Dimension.Sql) cube.dimension("x").orElseThrow().expression())
                                .template()
                                .parts())
                .containsExactly(
                        new SqlTemplate.Reference(List.of("CUBE")),
                        new SqlTemplate.Text(".payload #>> '{a,b}' || E'\\'{' || $q$ {z} $q$"));
    }

    @Test
    void twoWaysToOneCubeAreRefusedInAView() {
        assertThat(
                        problems(
                                Map.of(
                                        "model/cubes/a.yml",
                                        """
                                        cubes:
                                          - name: a
                                            sql_table: a
                                            joins:
                                              - {name: b, relationship: many_to_one, sql: "{CUBE}.b = {b.id}"}
                                              - {name: c, relationship: many_to_one, sql: "{CUBE}.c = {c.id}"}
                                            dimensions: [{name: id, sql: id, type: number, primary_key: true}]
                                          - name: b
                                            sql_table: b
                                            joins:
                                              - {name: c, relationship: many_to_one, sql: "{CUBE}.c = {c.id}"}
                                            dimensions: [{name: id, sql: id, type: number, primary_key: true}]
                                          - name: c
                                            sql_table: c
                                            dimensions: [{name: id, sql: id, type: number, primary_key: true, public: true}]
                                        views:
                                          - name: v
                                            cubes:
                                              - {join_path: a.c, includes: [id]}
                                              - {join_path: a.b.c, includes: [{name: id, alias: other}]}
                                        """)))
                .singleElement()
                .satisfies(p -> assertThat(p.message()).contains("reaches 'c' by 'a.c' already"));
    }

    private static CubeModel load(Map<String, String> texts) throws InvalidProjectException {
        ProjectLoader loader =
                new ProjectLoader(Environment.of(Map.of()), Set.of(ProjectLoader.Kind.CUBES));
        return loader.load(files(texts)).cubes();
    }

    private static List<Problem> problems(Map<String, String> texts) {
        InvalidProjectException invalid =
                catchThrowableOfType(InvalidProjectException.class, () -> load(texts));
        return invalid.problems();
    }

    private static ProjectFiles files(Map<String, String> texts) {
        return ProjectFiles.of(
                texts.entrySet().stream()
                        .collect(
                                java.util.stream.Collectors.toMap(
                                        Map.Entry::getKey, e -> e.getValue().getBytes(UTF_8))));
    }
}
