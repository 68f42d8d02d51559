package dev.millrace.transform.run.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.manifest.Quoting;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.parse.ManifestReader;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Whose rows readers see of what models make, through everything that becomes of a table. */
class TenantTablesTest {

    private static final String SEPARATE = "separate";
    private static final String WITHHELD = "withheld";
    private static final String OPEN = "open";
    private static final String INVOKER = "invoker";

    private final ProjectStage stage = ProjectStage.create();

    @BeforeEach
    void orders() throws SQLException {
        stage.execute(
                """
                create schema web;
                create table web.orders (id int, tenant_id text, price int);
                insert into web.orders values (1, 'a', 10), (2, 'b', 20);
                select millrace.separate_tenants('web.orders', 'tenant_id');
                create table web.countries (code text);
                insert into web.countries values ('DE')
                """);
    }

    private ProjectStage model(String name, String settings, String sql) {
        return stage.file("models/" + name + ".sql", "{{ config(" + settings + ") }} " + sql);
    }

    private void run(String name) throws SQLException {
        NodeOutcome outcome = stage.runOne(name);
        assertThat(outcome.status()).as(outcome.message()).isEqualTo(NodeStatus.SUCCESS);
    }

    private String protection(String name) throws SQLException {
        return protection("analytics", name);
    }

    /** What readers have of a relation. */
    private String protection(String schema, String name) throws SQLException {
        return stage.query(
                        """
                        select case
                          when relkind = 'v' then case
                            when 'security_invoker=true' = any (reloptions) then 'invoker'
                            else 'open' end
                          when exists (select from pg_policy
                              where polrelid = c.oid and polname = 'millrace_tenant') then
                            case when relrowsecurity and has_table_privilege('millrace_reader', c.oid, 'SELECT')
                              then 'separate' else 'broken' end
                          when not has_table_privilege('millrace_reader', c.oid, 'SELECT')
                            then case when relrowsecurity or relkind = 'm' then 'withheld' else 'broken' end
                          when relrowsecurity then 'broken'
                          else 'open' end
                        from pg_class c
                        where oid = to_regclass('%s.%s')
                        """
                                .formatted(schema, name))
                .getFirst();
    }

    private static final String BY_TENANT = "materialized='table', tenant_column='tenant_id'";
    private static final String ORDERS = "select * from web.orders";

    @Test
    void aTableOfTenantsIsReadByTenantHoweverOftenItIsBuilt() throws SQLException {
        model("sales", BY_TENANT, ORDERS);
        for (int i = 0; i < 3; i++) {
            run("sales");
            assertThat(protection("sales")).isEqualTo(SEPARATE);
            assertThat(stage.query("select count(*) from analytics.sales")).containsExactly("2");
        }
    }

    @Test
    void theColumnIsThatOfAllTablesOfAFolder() throws SQLException {
        stage.file(
                "dbt_project.yml",
                "name: shop\n"
                        + "models: {+tenant_column: tenant_id}\n"
                        + "seeds: {+tenant_column: tenant_id}\n");
        model("sales", "materialized='table'", ORDERS);
        model("shown", "materialized='view'", "select * from {{ ref('sales') }}");
        stage.file("seeds/fees.csv", "tenant_id,fee\na,1\nb,2\n");
        for (int i = 0; i < 2; i++) {
            run("sales");
            run("shown");
            run("fees");
            assertThat(protection("sales")).isEqualTo(SEPARATE);
            assertThat(protection("shown")).isEqualTo(INVOKER);
            assertThat(protection("fees")).isEqualTo(SEPARATE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anIncrementalTableKeepsItsPolicy(boolean anew) throws SQLException {
        model("sales", "materialized='incremental', tenant_column='tenant_id'", ORDERS);
        run("sales");
        assertThat(protection("sales")).isEqualTo(SEPARATE);
        stage.fullRefresh(anew);
        run("sales");
        assertThat(protection("sales")).isEqualTo(SEPARATE);
    }

    @Test
    void anIncrementalTableGetsAPolicyWithoutBeingBuiltAnew() throws SQLException {
        model("sales", "materialized='incremental', tenant_column='none'", ORDERS);
        model("shown", "materialized='view'", "select * from {{ ref('sales') }}");
        run("sales");
        run("shown");
        assertThat(protection("sales")).isEqualTo(OPEN);
        assertThat(protection("shown")).isEqualTo(OPEN);

        model("sales", "materialized='incremental', tenant_column='tenant_id'", ORDERS);
        run("sales");
        assertThat(protection("sales")).isEqualTo(SEPARATE);
        // Also the views that are there already ask for their readers' rights.
        assertThat(protection("shown")).isEqualTo(INVOKER);

        model("sales", "materialized='incremental'", ORDERS);
        run("sales");
        assertThat(protection("sales")).isEqualTo(WITHHELD);

        model("sales", "materialized='incremental', tenant_column='none'", ORDERS);
        run("sales");
        assertThat(protection("sales")).isEqualTo(OPEN);
    }

    @Test
    void anIncrementalTableWithANewColumnKeepsItsPolicy() throws SQLException {
        String settings =
                "materialized='incremental', on_schema_change='sync_all_columns',"
                        + " tenant_column='tenant_id'";
        model("sales", settings, "select id, tenant_id from web.orders");
        run("sales");
        model("sales", settings, ORDERS);
        run("sales");
        assertThat(stage.query("select count(price) from analytics.sales")).containsExactly("2");
        assertThat(protection("sales")).isEqualTo(SEPARATE);
    }

    @Test
    void whatReadsTenantsAndDoesNotSayWhoseIsWithheld() throws SQLException {
        model("totals", "materialized='table'", "select sum(price) from web.orders");
        run("totals");
        assertThat(protection("totals")).isEqualTo(WITHHELD);
        assertThat(stage.warnings())
                .singleElement()
                .asString()
                .contains("analytics.totals has rows of tenants")
                .contains("Set tenant_column to the column that names the tenant, or to 'none'");

        run("totals");
        assertThat(protection("totals")).isEqualTo(WITHHELD);
    }

    @Test
    void whatIsGrantedIsWithheldToo() throws SQLException {
        model(
                "totals",
                "materialized='table', grants={'select': ['millrace_reader', 'public']}",
                "select sum(price) as price from web.orders");
        run("totals");
        run("totals");
        assertThat(protection("totals")).isEqualTo(WITHHELD);
    }

    @Test
    void aTableThatBecomesOneOfTenantsLosesWhatReadersHadOfIt() throws SQLException {
        model("totals", "materialized='table'", "select 1 as price");
        model("shown", "materialized='view'", "select * from {{ ref('totals') }}");
        run("totals");
        run("shown");
        assertThat(protection("totals")).isEqualTo(OPEN);

        model("totals", "materialized='table'", "select price from web.orders");
        run("totals");
        assertThat(protection("totals")).isEqualTo(WITHHELD);
        assertThat(protection("shown")).isEqualTo(INVOKER);
    }

    @Test
    void whatMixesTenantsOnPurposeIsRead() throws SQLException {
        model(
                "totals",
                "materialized='table', tenant_column='none'",
                "select sum(price) as price from web.orders");
        model("overview", "materialized='view', tenant_column='none'", ORDERS);
        model("below", "materialized='table'", "select * from {{ ref('overview') }}");
        for (int i = 0; i < 2; i++) {
            for (String name : List.of("totals", "overview", "below")) {
                run(name);
                assertThat(protection(name)).as(name).isEqualTo(OPEN);
            }
        }
        assertThat(stage.warnings()).isEmpty();
    }

    @Test
    void viewsAndWhatReadsThemAreOfTenantsTooThroughAnyNumber() throws SQLException {
        model("one", "materialized='view'", ORDERS);
        model("two", "materialized='ephemeral'", "select * from {{ ref('one') }}");
        model("three", "materialized='view'", "select * from {{ ref('two') }}");
        model("four", "materialized='table'", "select * from {{ ref('three') }}");
        model("five", "materialized='table'", "select * from {{ ref('four') }}");
        for (int i = 0; i < 2; i++) {
            for (String name : List.of("one", "three", "four", "five")) {
                run(name);
            }
            assertThat(protection("one")).isEqualTo(INVOKER);
            assertThat(protection("three")).isEqualTo(INVOKER);
            assertThat(protection("four")).isEqualTo(WITHHELD);
            assertThat(protection("five")).isEqualTo(WITHHELD);
        }
        model("three", "materialized='view'", "select id, tenant_id from {{ ref('two') }}");
        run("three");
        assertThat(protection("three")).isEqualTo(INVOKER);
        assertThat(protection("four")).isEqualTo(WITHHELD);
    }

    @Test
    void whatReadsNoTenantsIsLeftAlone() throws SQLException {
        model("countries", "materialized='table'", "select * from web.countries");
        model("shown", "materialized='view'", "select * from {{ ref('countries') }}");
        run("countries");
        run("shown");
        assertThat(protection("countries")).isEqualTo(OPEN);
        assertThat(protection("shown")).isEqualTo(OPEN);
        assertThat(stage.warnings()).isEmpty();
    }

    @Test
    void viewsOverATableKeepTheirRightsWhenItIsRebuilt() throws SQLException {
        model("sales", BY_TENANT, ORDERS);
        model("shown", "materialized='view'", "select id, tenant_id from {{ ref('sales') }}");
        run("sales");
        run("shown");
        model("sales", BY_TENANT, "select tenant_id, price, id::bigint as id from web.orders");
        stage.file(
                "models/shown.sql",
                "{{ config(materialized='view') }} select id, tenant_id from {{ ref('sales') }}");
        run("sales");
        assertThat(protection("sales")).isEqualTo(SEPARATE);
        assertThat(protection("shown")).isEqualTo(INVOKER);
    }

    @Test
    void aMaterializedViewCannotKeepTenantsApart() throws SQLException {
        model("totals", "materialized='materialized_view', tenant_column='tenant_id'", ORDERS);
        NodeOutcome outcome = stage.runOne("totals");
        assertThat(outcome.status()).isEqualTo(NodeStatus.ERROR);
        assertThat(outcome.message())
                .contains("PostgreSQL has no row-level security for materialized views")
                .contains("make it a table");

        model("totals", "materialized='materialized_view'", ORDERS);
        for (int i = 0; i < 2; i++) {
            run("totals");
            assertThat(protection("totals")).isEqualTo(WITHHELD);
        }
        model("totals", "materialized='materialized_view', tenant_column='none'", ORDERS);
        run("totals");
        assertThat(protection("totals")).isEqualTo(OPEN);
    }

    @Test
    void aColumnThatIsNotThereIsAMistakeAndTheOldTableStays() throws SQLException {
        model("sales", BY_TENANT, ORDERS);
        run("sales");
        model("sales", "materialized='table', tenant_column='tenant'", ORDERS);
        NodeOutcome outcome = stage.runOne("sales");
        assertThat(outcome.status()).isEqualTo(NodeStatus.ERROR);
        assertThat(outcome.message())
                .contains("its tenant_column is 'tenant', and it has no column of that name");
        assertThat(protection("sales")).isEqualTo(SEPARATE);
    }

    @Test
    void aNameOfAnyLettersIsTheColumns() throws SQLException {
        model(
                "sales",
                "materialized='table', tenant_column='the \"tenant\\'s\" \\\\ name'",
                "select 1 as id, 'a' as \"the \"\"tenant's\"\" \\ name\"");
        run("sales");
        assertThat(protection("sales")).isEqualTo(SEPARATE);
    }

    @Test
    void aSnapshotKeepsItsPolicy() throws SQLException {
        stage.file(
                "snapshots/kept.yml",
                """
                snapshots:
                  - name: kept
                    relation: source('web', 'orders')
                    config: {strategy: check, check_cols: all, unique_key: id, tenant_column: tenant_id}
                """);
        stage.file(
                "models/sources.yml",
                "sources: [{name: web, schema: web, tables: [{name: orders}]}]");
        run("kept");
        assertThat(protection("kept")).isEqualTo(SEPARATE);
        stage.execute("update web.orders set price = 11 where id = 1");
        run("kept");
        assertThat(protection("kept")).isEqualTo(SEPARATE);
        assertThat(stage.query("select count(*) from analytics.kept")).containsExactly("3");
    }

    @Test
    void aCloneAsksForItsReadersRights() throws SQLException {
        stage.execute(
                """
                create schema production;
                create table production.sales as select * from web.orders;
                select millrace.separate_tenants('production.sales', 'tenant_id')
                """);
        model("sales", BY_TENANT, ORDERS);
        ManifestReader.Read read = stage.read();
        try (Session session = stage.session()) {
            NodeOutcome outcome =
                    stage.runner(read)
                            .clone(
                                    session,
                                    stage.node(read, "model.shop.sales"),
                                    Relation.of(null, "production", "sales", Quoting.ALL));
            assertThat(outcome.status()).as(outcome.message()).isEqualTo(NodeStatus.SUCCESS);
        }
        assertThat(protection("sales")).isEqualTo(INVOKER);
    }

    @Test
    void rowsOfTenantsThatFailACheckAreWithheld() throws SQLException {
        model("sales", BY_TENANT, ORDERS);
        stage.file(
                "tests/cheap.sql",
                "{{ config(store_failures=true, schema='found') }} select * from {{ ref('sales') }}"
                        + " where price < 15");
        run("sales");
        assertThat(stage.runOne("cheap").status()).isEqualTo(NodeStatus.FAIL);
        assertThat(
                        stage.query(
                                "select relrowsecurity, has_table_privilege('millrace_reader', oid,"
                                        + " 'SELECT') from pg_class where relname = 'cheap'"))
                .containsExactly("t|f");
    }

    @Test
    void aTableHasItsPolicyBeforeItsTestsLookAtIt() throws SQLException {
        model("sales", BY_TENANT + ", audit='before_publish'", ORDERS);
        stage.file(
                "tests/secured.sql",
                "select id from {{ ref('sales') }} where exists (select from pg_class where relname"
                        + " like 'sales%' and relkind = 'r' and not relrowsecurity)");
        for (int i = 0; i < 2; i++) {
            run("sales");
            assertThat(stage.runOne("secured").status()).isEqualTo(NodeStatus.PASS);
            assertThat(protection("sales")).isEqualTo(SEPARATE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "view", "seed"})
    @Timeout(120)
    void nobodyReadsARelationByTheNameThatItIsBuiltUnder(String materialized) throws Exception {
        stage.asOwner("grant usage on schema web to millrace_reader");
        if (materialized.equals("seed")) {
            stage.file("seeds/sales.csv", "tenant_id,price\na,1\nb,2\n");
            stage.file("dbt_project.yml", "name: shop\nseeds: {+tenant_column: tenant_id}\n");
        } else {
            model(
                    "sales",
                    "materialized='" + materialized + "', tenant_column='tenant_id'",
                    "select o.* from web.orders o");
        }
        run("sales");
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService watching = Executors.newSingleThreadExecutor();
                Connection reader = stage.reader()) {
            Future<Long> seen = watching.submit(() -> seen(reader, done));
            for (int i = 0; i < 25; i++) {
                run("sales");
            }
            done.set(true);
            assertThat(seen.get(60, TimeUnit.SECONDS)).isZero();
        }
    }

    /** Most rows that a reader without a token got hold of. */
    private static long seen(Connection reader, AtomicBoolean done) throws SQLException {
        long most = 0;
        while (!done.get()) {
            try (Statement statement = reader.createStatement();
                    ResultSet row =
                            statement.executeQuery(
                                    "select count(*) from analytics.sales__mr_new")) {
                row.next();
                most = Math.max(most, row.getLong(1));
            } catch (SQLException e) {
                // It is not there just now, or not theirs to read.
            }
        }
        return most;
    }
}
