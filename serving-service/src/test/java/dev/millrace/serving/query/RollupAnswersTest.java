package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.QueryCompiler;
import dev.millrace.serving.semantic.RollupTable;
import dev.millrace.serving.semantic.Rollups;
import dev.millrace.serving.semantic.SqlStatement;
import dev.millrace.serving.semantic.Viewer;
import dev.millrace.test.TestWarehouse;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterProperty;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/** What is read from a rollup is what would be read from the rows. */
class RollupAnswersTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    private static final String ROLLUPS =
            """
                pre_aggregations:
                  - name: daily
                    measures: [count, revenue, average, largest, paid, paid_revenue, ids]
                    dimensions: [status, size, customers.country]
                    segments: [paid_only]
                    time_dimension: placed_at
                    granularity: day
                    indexes: [{name: by_status, columns: [status, placed_at]}]
                  - name: hourly
                    measures: [count, revenue, largest]
                    dimensions: [status]
                    time_dimension: CUBE.placed_at
                    granularity: hour
                  - name: distinct
                    measures: [statuses, count]
                    dimensions: [size]
                    time_dimension: placed_at
                    granularity: month
                  - name: of_lines
                    measures: [items.quantity, count]
                    dimensions: [status]
                  - name: of_customers
                    measures: [customers.count]
                    dimensions: [status]
                  - {name: joined, type: rollup_join, rollups: [daily, hourly]}
            """;

    private static final List<String> ZONES =
            List.of(
                    "UTC",
                    "Europe/Berlin",
                    "Etc/UTC",
                    "Europe/Rome",
                    "America/Los_Angeles",
                    "Asia/Kathmandu");
    private static final List<String> DIMENSIONS =
            List.of("orders.status", "orders.size", "customers.country");
    private static final List<String> MEASURES =
            List.of(
                    "orders.count",
                    "orders.revenue",
                    "orders.average",
                    "orders.largest",
                    "orders.paid",
                    "orders.paid_revenue",
                    "orders.paid_share",
                    "orders.ids",
                    "orders.id_mean",
                    "orders.statuses");

    private static final QueryCompiler COMPILER = compiler();
    private static final TestWarehouse WAREHOUSE = built();
    private static int asked;
    private static int answered;

    /** The shop with rollups, and with a calculation over whole numbers. */
    private static String model(String rollups) {
        return Shop.MODEL
                .replace(
                        "      - {name: largest,",
                        "      - {name: ids, sql: id, type: sum}\n"
                            + "      - {name: id_mean, type: number, sql: \"{ids} / NULLIF({count},"
                            + " 0)\"}\n"
                            + "      - {name: largest,")
                .replace("    hierarchies:\n", rollups.indent(0) + "    hierarchies:\n");
    }

    private static QueryCompiler compiler() {
        return Shop.compiler(model(ROLLUPS), List.of(ZoneId.of("UTC"), ZoneId.of("Europe/Berlin")));
    }

    private static TestWarehouse built() {
        TestWarehouse warehouse = TestWarehouse.create();
        try {
            Shop.of(7).land(warehouse);
            StringBuilder sql =
                    new StringBuilder("SET TIME ZONE 'UTC'; CREATE SCHEMA millrace_rollups;\n");
            for (RollupTable table : COMPILER.rollups().tables()) {
                sql.append("CREATE TABLE ").append(table.relation().quoted());
                sql.append(" AS ").append(table.sql()).append(";\n");
            }
            sql.append("GRANT USAGE ON SCHEMA millrace_rollups TO millrace_reader;\n");
            sql.append("GRANT SELECT ON ALL TABLES IN SCHEMA millrace_rollups TO millrace_reader;");
            warehouse.execute(Role.TRANSFORM, sql.toString());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return warehouse;
    }

    @Property(tries = 300)
    void aRollupTellsWhatTheRowsTell(@ForAll long seed) throws SQLException {
        ObjectNode query = query(new Random(seed));
        CompiledQuery compiled = compile(query);
        List<List<@Nullable String>> rows = rows(compiled.statement());
        asked++;
        answered += compiled.rollups().isEmpty() ? 0 : 1;
        for (CompiledQuery.OverRollup over : compiled.rollups()) {
            assertThat(rows(over.select(integers(over.rollup())).statement()))
                    .as("%s by %s", query, over.rollup().id())
                    .containsExactlyInAnyOrderElementsOf(rows);
            SqlStatement total = over.select(integers(over.rollup())).total();
            if (total != null) {
                SqlStatement ofRows = Objects.requireNonNull(compiled.total());
                assertThat(rows(total)).isEqualTo(rows(ofRows));
            }
        }
    }

    @AfterProperty
    void halfOfThemAndMoreWereAnswered() {
        assertThat(answered).isGreaterThan(asked / 2);
    }

    private static ObjectNode query(Random random) {
        ObjectNode query = JSON.createObjectNode();
        ArrayNode measures = query.putArray("measures");
        // Without a measure, a query about customers would be one of customers.
        some(random, MEASURES, 1, 2).forEach(measures::add);
        some(random, DIMENSIONS, 0, 2).forEach(query.putArray("dimensions")::add);
        if (random.nextInt(4) == 0) {
            query.putArray("segments").add("orders.paid_only");
        }
        query.put("timezone", ZONES.get(random.nextInt(random.nextInt(ZONES.size()) + 1)));
        query.put("total", random.nextInt(4) == 0);
        if (random.nextInt(3) > 0) {
            time(random, query.putArray("timeDimensions").addObject());
        }
        ArrayNode filters = query.putArray("filters");
        for (int i = random.nextInt(3); i > 0; i--) {
            if (random.nextInt(4) == 0) {
                ArrayNode or = filters.addObject().putArray("or");
                filter(random, or.addObject());
                filter(random, or.addObject());
            } else {
                filter(random, filters.addObject());
            }
        }
        if (random.nextInt(5) == 0) {
            filters.addObject()
                    .put("member", measures.get(0).asString())
                    .put("operator", random.nextBoolean() ? "gt" : "set")
                    .putArray("values")
                    .add("" + random.nextInt(20));
        }
        return query;
    }

    private static void time(Random random, ObjectNode time) {
        time.put("dimension", "orders.placed_at");
        if (random.nextInt(5) > 0) {
            time.put(
                    "granularity",
                    one(
                            random,
                            List.of(
                                    "hour",
                                    "day",
                                    "week",
                                    "month",
                                    "quarter",
                                    "year",
                                    "fiscal_year")));
        }
        if (random.nextBoolean()) {
            ArrayNode range = time.putArray("dateRange");
            int month = 1 + random.nextInt(6);
            if (random.nextInt(8) == 0) {
                range.add("2026-%02d-03T%02d:30:00".formatted(month, random.nextInt(24)));
                range.add("2026-%02d-03T23:10:00".formatted(month + 1));
            } else {
                range.add("2026-%02d-%02d".formatted(month, 1 + random.nextInt(28)));
                range.add(
                        "2026-%02d-%02d"
                                .formatted(month + 1 + random.nextInt(5), 1 + random.nextInt(28)));
            }
        }
    }

    private static void filter(Random random, ObjectNode filter) {
        switch (random.nextInt(4)) {
            case 0 ->
                    filter.put("member", "orders.status")
                            .put(
                                    "operator",
                                    one(random, List.of("equals", "notEquals", "contains")))
                            .putArray("values")
                            .add(one(random, List.of("paid", "open", "100%_off")));
            case 1 ->
                    filter.put("member", one(random, DIMENSIONS))
                            .put("operator", one(random, List.of("set", "notSet")));
            case 2 ->
                    filter.put("member", "customers.country")
                            .put("operator", "notEquals")
                            .putArray("values")
                            .add("DE");
            default ->
                    filter.put("member", "orders.placed_at")
                            .put(
                                    "operator",
                                    one(
                                            random,
                                            List.of(
                                                    "beforeDate",
                                                    "afterDate",
                                                    "afterOrOnDate",
                                                    "beforeOrOnDate",
                                                    "set")))
                            .putArray("values")
                            .add("2026-0%d-15".formatted(1 + random.nextInt(9)));
        }
    }

    private static <T> T one(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static <T> List<T> some(Random random, List<T> from, int least, int most) {
        List<T> shuffled = new ArrayList<>(from);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, least + random.nextInt(most - least + 1));
    }

    private static CompiledQuery compile(JsonNode query) {
        return COMPILER.compile(
                new QueryReader(JSON, Clock.systemUTC()).read(query).query(), Viewer.PLATFORM);
    }

    private static List<List<@Nullable String>> rows(SqlStatement sql) throws SQLException {
        List<List<@Nullable String>> found = new ArrayList<>();
        try (Connection connection = WAREHOUSE.connection(Role.READER);
                Statement settings = connection.createStatement()) {
            settings.execute("SET TIME ZONE 'UTC'");
            try (PreparedStatement statement =
                    connection.prepareStatement(ParameterText.toJdbc(sql.sql()))) {
                for (int i = 0; i < sql.values().size(); i++) {
                    statement.setObject(i + 1, sql.values().get(i), Types.OTHER);
                }
                try (ResultSet rows = statement.executeQuery()) {
                    int columns = rows.getMetaData().getColumnCount();
                    while (rows.next()) {
                        List<@Nullable String> row = new ArrayList<>();
                        for (int i = 1; i <= columns; i++) {
                            row.add(value(rows.getString(i)));
                        }
                        found.add(row);
                    }
                }
            }
        }
        return found;
    }

    private static Set<String> integers(RollupTable table) {
        try (Connection connection = WAREHOUSE.connection(Role.READER);
                PreparedStatement select =
                        connection.prepareStatement(
                                """
                                SELECT array_agg(attname::text) FROM pg_attribute
                                WHERE attrelid = to_regclass(?) AND attnum > 0 AND atttypid = 'int8'::regtype
                                """)) {
            select.setString(1, table.relation().quoted());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return Set.of((String[]) row.getArray(1).getArray());
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Numbers to six digits: a mean of means has others after that. */
    private static @Nullable String value(@Nullable String text) {
        if (text == null || !text.matches("-?\\d+(\\.\\d+)?")) {
            return text;
        }
        return new BigDecimal(text)
                .setScale(6, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"measures":["orders.count"]} | [orders.daily, orders.daily@Europe/Berlin, orders.hourly, orders.distinct, orders.distinct@Europe/Berlin]
                    {"measures":["orders.count"],"dimensions":["customers.country"]} | [orders.daily, orders.daily@Europe/Berlin]
                    {"measures":["orders.paid_share"]} | [orders.daily, orders.daily@Europe/Berlin]
                    {"measures":["orders.statuses"]} | []
                    {"measures":["orders.statuses"],"dimensions":["orders.size"],"timeDimensions":[{"dimension":"orders.placed_at","granularity":"month"}]} | [orders.distinct]
                    {"measures":["orders.count"],"timeDimensions":[{"dimension":"orders.placed_at","granularity":"day"}],"timezone":"Europe/Berlin"} | [orders.daily@Europe/Berlin, orders.hourly]
                    {"measures":["orders.count"],"timeDimensions":[{"dimension":"orders.placed_at","granularity":"day"}],"timezone":"Asia/Kathmandu"} | []
                    {"measures":["orders.count"],"timeDimensions":[{"dimension":"orders.placed_at","granularity":"minute"}]} | []
                    {"measures":["orders.count"],"ungrouped":true,"dimensions":["orders.id"]} | []
                    {"measures":["sales.orders_count"],"dimensions":["sales.orders_status"]} | []
                    {"measures":["orders.count"],"filters":[{"member":"orders.id","operator":"equals","values":["1"]}]} | []
                    {"measures":["customers.count"],"dimensions":["orders.status"]} | []
                    """)
    void aQueryIsAnsweredByTheRollupsThatHaveWhatItAsks(String query, String rollups) {
        assertThat(
                        compile(JSON.readTree(query)).rollups().stream()
                                .map(over -> over.rollup().id())
                                .toList())
                .hasToString(rollups);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"measures":["orders.statuses"]} | orders.distinct | 'orders.statuses' cannot be added up, and the query has other groups than it
                    {"measures":["orders.count"],"timeDimensions":[{"dimension":"orders.placed_at","granularity":"minute"}]} | orders.hourly | a minute is no number of whole units of hour
                    {"measures":["orders.count"],"timeDimensions":[{"dimension":"orders.placed_at","granularity":"day"}],"timezone":"Asia/Kathmandu"} | orders.hourly | a hour of UTC is none of Asia/Kathmandu
                    {"measures":["orders.count"],"timeDimensions":[{"dimension":"orders.placed_at","dateRange":["2026-01-01T00:30:00","2026-01-02"]}]} | orders.hourly | the range of 'orders.placed_at' begins or ends within a hour
                    {"measures":["orders.count"],"filters":[{"member":"orders.placed_at","operator":"afterDate","values":["2026-01-01"]}]} | orders.hourly | it has 'orders.placed_at' by hour, which does not tell what is after_date
                    {"measures":["orders.count"],"dimensions":["orders.id"]} | orders.daily | it does not have 'orders.id'
                    """)
    void aQueryIsToldWhyARollupDoesNotAnswerIt(String query, String rollup, String reason) {
        assertThat(compile(JSON.readTree(query)).unfit()).containsEntry(rollup, reason);
    }

    /** The shop with policies on its orders or customers. */
    private static QueryCompiler guarded(String cube, String rule) {
        String policy =
                "    access_policy: [{group: \"*\", member_level: {includes: \"*\"}, row_level:"
                        + " {filters: ["
                        + rule
                        + "]}}]\n";
        return Shop.compiler(
                model(ROLLUPS)
                        .replace(
                                "    sql_table: shop." + cube + "\n",
                                "    sql_table: shop." + cube + "\n" + policy),
                List.of(ZoneId.of("UTC")));
    }

    private static CompiledQuery seen(QueryCompiler compiler, String query, String status) {
        return compiler.compile(
                new QueryReader(JSON, Clock.systemUTC()).read(JSON.readTree(query)).query(),
                Viewer.of(Set.of(), Map.of("status", status)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"measures\":[\"orders.count\",\"orders.revenue\"]}",
                "{\"measures\":[\"orders.count\"],\"dimensions\":[\"customers.country\",\"orders.status\"]}",
                "{\"measures\":[\"orders.count\"],\"filters\":[{\"or\":[{\"member\":\"orders.status\",\"operator\":\"equals\",\"values\":[\"open\"]},{\"member\":\"orders.status\",\"operator\":\"set\"}]}]}"
            })
    void aViewerSeesOfARollupWhatPoliciesLetThemSeeOfTheRows(String query) throws SQLException {
        QueryCompiler compiler =
                guarded(
                        "orders",
                        "{member: status, operator: equals, values: [\"{ securityContext.status"
                                + " }\"]}");
        CompiledQuery paid = seen(compiler, query, "paid");

        assertThat(paid.rollups()).isNotEmpty();
        for (CompiledQuery.OverRollup over : paid.rollups()) {
            assertThat(rows(over.select(integers(over.rollup())).statement()))
                    .as(over.rollup().id())
                    .containsExactlyInAnyOrderElementsOf(rows(paid.statement()))
                    .isNotEqualTo(rows(compile(JSON.readTree(query)).statement()));
        }
    }

    @Test
    void whereAPolicyAsksWhatARollupDoesNotHaveItIsNotAsked() {
        String query = "{\"measures\":[\"orders.count\"],\"dimensions\":[\"customers.country\"]}";
        CompiledQuery byRow =
                seen(
                        guarded("orders", "{member: id, operator: gt, values: [\"5\"]}"),
                        query,
                        "paid");
        CompiledQuery ofJoined =
                seen(
                        guarded(
                                "customers",
                                "{member: country, operator: equals, values: [\"DE\"]}"),
                        query,
                        "paid");

        assertThat(byRow.rollups()).isEmpty();
        assertThat(byRow.unfit()).containsEntry("orders.daily", "it does not have 'orders.id'");
        assertThat(ofJoined.rollups()).isEmpty();
        assertThat(ofJoined.unfit())
                .containsEntry(
                        "orders.daily",
                        "an access policy hides rows of 'customers', which is joined");
    }

    @Test
    void whatCannotBeKeptSaysWhy() {
        assertThat(COMPILER.rollups().refused())
                .isEqualTo(
                        Map.of(
                                "orders.of_lines",
                                "'orders.count' would count rows several times, as the join with"
                                        + " other cubes multiplies them",
                                "orders.of_customers",
                                "'customers.count' would count rows several times, as the join with"
                                        + " other cubes multiplies them",
                                "orders.joined",
                                "it joins rollups, which is not offered; name the members of the"
                                        + " other cubes in one rollup, which joins the cubes"
                                        + " themselves"));
    }

    @Test
    void aRollupOfRowsThatDependOnTheCallerCannotBeKept() {
        Rollups rollups =
                Shop.compiler(
                                """
                                cubes:
                                  - name: base
                                    sql: "SELECT * FROM shop.orders WHERE {SECURITY_CONTEXT.status.requiredFilter('status')}"
                                    measures: [{name: count, type: count}]
                                  - name: over
                                    sql: "SELECT b.* FROM {base.sql()} AS b"
                                    measures: [{name: count, type: count}]
                                    pre_aggregations: [{name: all, measures: [count]}]
                                """,
                                List.of(ZoneId.of("UTC")))
                        .rollups();

        assertThat(rollups.tables()).isEmpty();
        assertThat(rollups.refused())
                .containsEntry(
                        "over.all", "the SQL of 'over' depends on each query's filters or caller");
    }

    @Test
    void onlyColumnsOfTheOnlyTableAreToldAsItsOwn() {
        assertThat(COMPILER.rollups().tables())
                .filteredOn(table -> table.id().equals("orders.hourly"))
                .extracting(RollupTable::sources)
                .containsExactly(Map.of("orders__status", "status"));
        assertThat(COMPILER.rollups().tables())
                .filteredOn(table -> table.id().equals("orders.daily"))
                .extracting(RollupTable::sources)
                .as("joined with others")
                .containsExactly(Map.of());
    }

    @Test
    void hoursOfAnotherZoneAreNotTakenForThoseOfUtc() {
        QueryCompiler compiler =
                Shop.compiler(
                        model(
                                """
                                    pre_aggregations:
                                      - name: mixed
                                        measures: [count, statuses]
                                        time_dimensions: [{dimension: placed_at, granularity: day}, {dimension: placed_at, granularity: hour}]
                                """),
                        List.of(ZoneId.of("UTC"), ZoneId.of("Asia/Kolkata")));
        String byHour =
                "{\"measures\":[\"orders.count\"],\"timeDimensions\":[{\"dimension\":\"orders.placed_at\",\"granularity\":\"hour\"}]}";

        assertThat(seen(compiler, byHour, "").rollups())
                .extracting(over -> over.rollup().id())
                .containsExactly("orders.mixed");
    }

    @Test
    void whatCannotBeAddedUpIsNotReadWhereTwoHoursAreOne() {
        QueryCompiler compiler =
                Shop.compiler(
                        model(
                                """
                                    pre_aggregations:
                                      - name: hours
                                        measures: [statuses]
                                        time_dimension: placed_at
                                        granularity: hour
                                """),
                        List.of(ZoneId.of("UTC")));
        String query =
                "{\"measures\":[\"orders.statuses\"],\"timeDimensions\":[{\"dimension\":\"orders.placed_at\",\"granularity\":\"hour\"}],\"timezone\":\"%s\"}";

        assertThat(seen(compiler, query.formatted("UTC"), "").rollups()).hasSize(1);
        assertThat(seen(compiler, query.formatted("Europe/Berlin"), "").rollups()).isEmpty();
    }

    @Test
    void aTableIsNamedAfterWhatIsInIt() {
        List<RelationName> names =
                COMPILER.rollups().tables().stream().map(RollupTable::relation).toList();
        assertThat(Set.copyOf(names)).hasSameSizeAs(names);
        assertThat(names).allMatch(n -> n.name().matches("orders_\\w+_[0-9a-f]{8}"));
        assertThat(compiler().rollups().tables().stream().map(RollupTable::relation))
                .containsExactlyElementsOf(names);
    }
}
