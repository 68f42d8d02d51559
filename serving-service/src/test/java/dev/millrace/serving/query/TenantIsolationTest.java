package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.access.Tenants;
import dev.millrace.serving.semantic.QueryException;
import dev.millrace.serving.semantic.Viewer;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Queries drawn at random, asked by one of two tenants of a warehouse: each is answered as if the
 * other tenant's rows did not exist, to the last digit and the last error.
 */
class TenantIsolationTest {

    private static final int QUERIES = Integer.getInteger("millrace.test.tenant-queries", 10_000);
    private static final int QUERIES_OF_ONE_LAYER = Math.max(1, QUERIES / 5);
    private static final Viewer TENANT =
            Viewer.of(Set.of("customer"), Map.of("tenant_id", "a", "user", Map.of("id", 7)));
    private static final Tenants TENANT_A = new Tenants.Named(Set.of("a"));

    private static final String MODEL =
            """
            cubes:
              - name: accounts
                sql_table: accounts
                joins:
                  - {name: invoices, relationship: one_to_many, sql: "{CUBE}.id = {invoices}.account_id"}
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true, public: true}
                  - {name: tenant, sql: tenant, type: string}
                  - {name: name, sql: name, type: string}
                  - {name: invoices_count, sql: "{invoices.count}", type: number, sub_query: true}
                  - {name: owed, sql: "{invoices.amount}", type: number, sub_query: true, propagate_filters_to_sub_query: true}
                measures:
                  - {name: count, type: count}
                  - {name: names, sql: name, type: count_distinct}
                  - {name: credit, sql: credit, type: sum}
                segments: [{name: rich, sql: "{CUBE}.credit > 50 OR {CUBE}.tenant = 'b'"}]
                access_policy: &own
                  - group: customer
                    row_level: {filters: [{member: tenant, operator: equals, values: ["{ securityContext.tenant_id }"]}]}
              - name: invoices
                sql: "SELECT * FROM invoices WHERE {FILTER_PARAMS.invoices.at.filter('at')} AND {FILTER_PARAMS.invoices.status.filter('status')}"
                joins:
                  - {name: accounts, relationship: many_to_one, sql: "{CUBE}.account_id = {accounts.id}"}
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true, public: true}
                  - {name: tenant, sql: tenant, type: string}
                  - {name: status, sql: status, type: string}
                  - {name: at, sql: at, type: time}
                  - {name: size, type: string, case: {when: [{sql: "{CUBE}.amount > 50", label: big}], else: {label: small}}}
                measures:
                  - {name: count, type: count}
                  - {name: amount, sql: amount, type: sum}
                  - {name: average, sql: amount, type: avg}
                  - {name: largest, sql: amount, type: max}
                  - {name: open, type: count, filters: [{sql: "{CUBE}.status = 'open' OR {CUBE}.tenant = 'b'"}]}
                  - {name: running, sql: amount, type: sum, rolling_window: {trailing: unbounded}}
                  - {name: recent, sql: account_id, type: count_distinct, rolling_window: {trailing: 2 month}}
                  - {name: total, multi_stage: true, sql: "{amount}", type: sum, group_by: []}
                  - {name: place, multi_stage: true, type: rank, reduce_by: [status], order_by: [{sql: "{amount}", dir: desc}]}
                  - {name: before, multi_stage: true, type: number, sql: "{amount}", time_shift: [{interval: 1 month}]}
                  - {name: share, type: number, sql: "{open} * 100 / NULLIF({count}, 0)"}
                segments: [{name: anything, sql: "true OR {CUBE}.tenant = 'b'"}]
                access_policy: *own
              - name: lines
                sql_table: lines
                joins:
                  - {name: invoices, relationship: many_to_one, sql: "{CUBE}.invoice_id = {invoices.id} OR false"}
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true, public: true}
                  - {name: tenant, sql: tenant, type: string}
                  - {name: product, sql: product, type: string}
                measures:
                  - {name: count, type: count}
                  - {name: quantity, sql: quantity, type: sum}
                access_policy: *own
            views:
              - name: overview
                cubes:
                  - {join_path: lines, includes: [quantity, product]}
                  - {join_path: lines.invoices, includes: [amount, status, at, total]}
                  - {join_path: lines.invoices.accounts, includes: [name, invoices_count]}
            """;

    private static final String MODEL_WITHOUT_POLICIES =
            MODEL.replaceAll("(?m)^ *access_policy: [*]own\n", "")
                    .replaceAll("(?m)^ *access_policy: &own\n.*\n.*\n", "");

    private static final List<String> MEASURES =
            List.of(
                    "accounts.count",
                    "accounts.names",
                    "accounts.credit",
                    "invoices.count",
                    "invoices.amount",
                    "invoices.average",
                    "invoices.largest",
                    "invoices.open",
                    "invoices.running",
                    "invoices.recent",
                    "invoices.total",
                    "invoices.place",
                    "invoices.before",
                    "invoices.share",
                    "lines.count",
                    "lines.quantity");
    private static final List<String> DIMENSIONS =
            List.of(
                    "accounts.id",
                    "accounts.tenant",
                    "accounts.name",
                    "accounts.invoices_count",
                    "accounts.owed",
                    "invoices.id",
                    "invoices.tenant",
                    "invoices.status",
                    "invoices.size",
                    "lines.id",
                    "lines.tenant",
                    "lines.product");
    private static final List<String> SEGMENTS = List.of("accounts.rich", "invoices.anything");
    private static final List<String> OF_VIEW =
            List.of(
                    "overview.product",
                    "overview.status",
                    "overview.name",
                    "overview.invoices_count");
    private static final List<String> MEASURES_OF_VIEW =
            List.of("overview.quantity", "overview.amount", "overview.total");
    private static final List<String> OPERATORS =
            List.of(
                    "equals",
                    "notEquals",
                    "contains",
                    "notContains",
                    "startsWith",
                    "endsWith",
                    "set",
                    "notSet");
    private static final List<String> VALUES =
            List.of(
                    "a",
                    "b",
                    "open",
                    "b-name-1",
                    "' OR 1=1 --",
                    "\" OR true --",
                    "b' OR 'b'='b",
                    "$1",
                    "%",
                    "_",
                    "\\",
                    "{ securityContext.tenant_id }",
                    "1) OR (1=1",
                    "x'; DROP TABLE accounts; --",
                    "NULL");

    private static TestWarehouse landed() throws SQLException {
        TestWarehouse warehouse = TestWarehouse.create();
        warehouse.execute(Role.TRANSFORM, "CREATE SCHEMA both_tenants; CREATE SCHEMA only_a;");
        Random random = new Random(11);
        StringBuilder sql = new StringBuilder();
        for (String schema : List.of("both_tenants", "only_a")) {
            sql.append(
                    """
                    CREATE TABLE %1$s.accounts (id int, tenant text, name text, credit int);
                    CREATE TABLE %1$s.invoices (id int, tenant text, account_id int, status text, amount numeric, at timestamptz);
                    CREATE TABLE %1$s.lines (id int, tenant text, invoice_id int, product text, quantity int);
                    GRANT USAGE ON SCHEMA %1$s TO millrace_reader;
                    GRANT SELECT ON ALL TABLES IN SCHEMA %1$s TO millrace_reader;
                    """
                            .formatted(schema));
        }
        for (int id = 1; id <= 12; id++) {
            String tenant = id % 2 == 0 ? "a" : "b";
            String name = tenant + "-name-" + id % 5;
            insert(sql, tenant, "accounts", id, tenant, name, random.nextInt(100));
        }
        for (int id = 1; id <= 60; id++) {
            // Some invoices are of one tenant and name an account of the other.
            String tenant = random.nextBoolean() ? "a" : "b";
            String at =
                    "2026-0%d-%02d 12:00+00"
                            .formatted(1 + random.nextInt(6), 1 + random.nextInt(28));
            String status = random.nextBoolean() ? "open" : tenant + "-paid";
            insert(
                    sql,
                    tenant,
                    "invoices",
                    id,
                    tenant,
                    1 + random.nextInt(12),
                    status,
                    random.nextInt(100),
                    at);
        }
        for (int id = 1; id <= 150; id++) {
            String tenant = random.nextBoolean() ? "a" : "b";
            String product = tenant + (random.nextBoolean() ? "-tea" : "-cup");
            insert(
                    sql,
                    tenant,
                    "lines",
                    id,
                    tenant,
                    1 + random.nextInt(60),
                    product,
                    random.nextInt(9));
        }
        warehouse.execute(Role.TRANSFORM, sql.toString());
        return warehouse;
    }

    private static void insert(StringBuilder sql, String tenant, String table, Object... values) {
        String row = Stream.of(values).map(v -> "'" + v + "'").collect(Collectors.joining(", "));
        for (String schema : List.of("both_tenants", "only_a")) {
            if (schema.equals("both_tenants") || tenant.equals("a")) {
                sql.append("INSERT INTO %s.%s VALUES (%s);%n".formatted(schema, table, row));
            }
        }
    }

    @Test
    void noRowOfAnotherTenantIsSeenInAnyAnswer() throws SQLException {
        TestWarehouse warehouse = landed();
        separateTenants(warehouse);
        assertIsolated(warehouse, MODEL, TENANT, TENANT_A, QUERIES);
    }

    @Test
    void accessPoliciesAloneIsolateTenants() throws SQLException {
        assertIsolated(landed(), MODEL, TENANT, TENANT_A, QUERIES_OF_ONE_LAYER);
    }

    @Test
    void rowLevelSecurityAloneIsolatesTenants() throws SQLException {
        TestWarehouse warehouse = landed();
        separateTenants(warehouse);
        assertThat(MODEL_WITHOUT_POLICIES).doesNotContain("access_policy").contains("invoices");
        assertIsolated(warehouse, MODEL_WITHOUT_POLICIES, TENANT, TENANT_A, QUERIES_OF_ONE_LAYER);
    }

    /** As {@link #landed} leaves them, without it. */
    private static void separateTenants(TestWarehouse warehouse) throws SQLException {
        for (String table : List.of("accounts", "invoices", "lines")) {
            warehouse.execute(
                    Role.TRANSFORM,
                    "SELECT millrace.separate_tenants('both_tenants.%s', 'tenant')"
                            .formatted(table));
        }
    }

    private static void assertIsolated(
            TestWarehouse warehouse, String model, Viewer viewer, Tenants tenants, int queries) {
        try (Bench both = bench(warehouse, model, "both_tenants");
                Bench alone = bench(warehouse, model, "only_a")) {
            int answered = 0;
            for (int i = 0; i < queries; i++) {
                ObjectNode query = query(new Random(i));
                String seen = outcome(both, query, viewer, tenants);
                assertThat(seen)
                        .as("query %d: %s", i, query)
                        .isEqualTo(outcome(alone, query, Viewer.PLATFORM, tenants));
                answered += seen.startsWith("error") ? 0 : 1;
            }
            // Most are answered: errors that are the same prove little.
            assertThat(answered).isGreaterThan(queries * 2 / 3);
        }
    }

    private static Bench bench(TestWarehouse warehouse, String model, String schema) {
        return new Bench(
                Bench.Settings.of(warehouse).searchPath(schema),
                model,
                java.time.Clock.systemUTC());
    }

    private static String outcome(Bench bench, ObjectNode query, Viewer viewer, Tenants tenants) {
        try {
            List<String> rows = new ArrayList<>();
            bench.rows(query.toString(), viewer, tenants).forEach(row -> rows.add(row.toString()));
            Collections.sort(rows);
            return rows.toString();
        } catch (QueryException | WarehouseException e) {
            return "error: " + e.getMessage();
        }
    }

    private static ObjectNode query(Random random) {
        boolean view = random.nextInt(5) == 0;
        boolean ungrouped = !view && random.nextInt(12) == 0;
        ObjectNode query = Bench.JSON.createObjectNode();
        add(
                query.putArray("measures"),
                some(random, view ? MEASURES_OF_VIEW : MEASURES, ungrouped ? 0 : 1, 2));
        add(query.putArray("dimensions"), some(random, view ? OF_VIEW : DIMENSIONS, 0, 2));
        if (ungrouped) {
            query.put("ungrouped", true);
            ((ArrayNode) query.get("dimensions"))
                    .add("accounts.id")
                    .add("invoices.id")
                    .add("lines.id");
        }
        if (!view && random.nextInt(4) == 0) {
            add(query.putArray("segments"), some(random, SEGMENTS, 1, 1));
        }
        if (random.nextBoolean()) {
            ObjectNode time = query.putArray("timeDimensions").addObject();
            time.put("dimension", view ? "overview.at" : "invoices.at");
            time.putArray("dateRange")
                    .add("2026-0" + (1 + random.nextInt(3)) + "-01")
                    .add("2026-06-15");
            if (random.nextBoolean()) {
                time.put("granularity", random.nextBoolean() ? "month" : "week");
            }
        }
        ArrayNode filters = query.putArray("filters");
        for (int i = random.nextInt(3); i > 0; i--) {
            filter(random, filters, view, 2);
        }
        if (random.nextInt(6) == 0) {
            filters.addObject()
                    .put("member", view ? "overview.amount" : "invoices.count")
                    .put("operator", "gt")
                    .putArray("values")
                    .add(String.valueOf(random.nextInt(20)));
        }
        if (random.nextInt(8) == 0) {
            query.put("total", true);
        }
        return query;
    }

    private static void filter(Random random, ArrayNode filters, boolean view, int depth) {
        if (depth > 0 && random.nextInt(4) == 0) {
            ArrayNode group = filters.addObject().putArray(random.nextBoolean() ? "or" : "and");
            filter(random, group, view, depth - 1);
            filter(random, group, view, depth - 1);
            return;
        }
        List<String> texts =
                view
                        ? List.of("overview.product", "overview.status", "overview.name")
                        : List.of(
                                "accounts.tenant",
                                "accounts.name",
                                "invoices.tenant",
                                "invoices.status",
                                "lines.tenant",
                                "lines.product");
        String operator = OPERATORS.get(random.nextInt(OPERATORS.size()));
        ObjectNode filter =
                filters.addObject()
                        .put("member", texts.get(random.nextInt(texts.size())))
                        .put("operator", operator);
        if (!operator.endsWith("et")) {
            ArrayNode values = filter.putArray("values");
            add(values, some(random, VALUES, 1, 3));
            if (random.nextInt(4) == 0) {
                values.addNull();
            }
        }
    }

    private static void add(ArrayNode array, List<String> items) {
        items.forEach(array::add);
    }

    private static List<String> some(Random random, List<String> from, int least, int most) {
        List<String> shuffled = new ArrayList<>(from);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, least + random.nextInt(most - least + 1));
    }
}
