package dev.millrace.transform.model.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.ResourceType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;

/** What each method finds; tests that come along are left out to keep the tables short. */
class SelectionTest {

    private static final Manifest MANIFEST = Shop.shop().manifest();

    private static final String MODELS =
            "customers dim_product.v1 dim_product.v2 dim_product.v3 empty int_sessions kit_days"
                    + " kit_weeks orders prices sessions stg_countries stg_events stg_orders"
                    + " stg_visits";

    private static Selection select(String... select) throws InvalidSelectionException {
        return Selection.of(
                MANIFEST,
                Criteria.of(Command.LS)
                        .types(EnumSet.allOf(ResourceType.class))
                        .indirect(IndirectSelection.EMPTY)
                        .select(select));
    }

    /** Ids without type and package, and without a test's hash, in the alphabet's order. */
    private static String names(Selection selection) {
        return selection.ids().stream()
                .map(id -> id.split("\\.", 3)[2])
                .map(name -> name.replaceFirst("\\.[0-9a-f]{10}$", ""))
                .sorted()
                .collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource({
        "orders, orders",
        "shop.marts.orders, orders orders.sums_up",
        "marts.orders, orders orders.sums_up",
        "marts.customers, customers",
        "kit, kit_days kit_weeks",
        "kit.kit_days, kit_days",
        "staging.erp, stg_orders",
        "*.stg_*, stg_countries stg_events stg_orders stg_visits",
        "stg_*, ''",
        "shop.staging, not_null_stg_orders_id stg_countries stg_events stg_orders stg_visits"
                + " unique_stg_orders_id",
        "staging.kit_weeks, kit_weeks",
        "*.staging.kit_weeks, kit_weeks",
        "st[a-g]_events, ''",
        "marts.?rders, orders",
        "[!k-t]ountries, countries",
        "countries, countries",
        "orders_history, orders_history",
        "history, orders_history",
        "no_orphans, no_orphans",
        "sums_up, orders.sums_up",
        "dashboard, dashboard",
        "revenue, revenue",
        "orders_semantic, orders_semantic",
        "monthly, monthly",
        "look, look",
        "dim_product, dim_product.v1 dim_product.v2 dim_product.v3",
        "dim_product.v2, dim_product.v2",
        "dim_product_v2, dim_product.v2",
        "marts.dim_product.v1, dim_product.v1",
        "fqn:orders, orders",
        "web, ''",
        "dropped, ''",
        "ORDERS, ''"
    })
    void aBareValueIsAName(String criterion, String expected) throws Exception {
        assertThat(names(select(criterion))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "models/marts/orders.sql, orders",
        "models/staging/erp, stg_orders",
        "models/staging/erp/, stg_orders",
        "path:models/*/erp/*.sql, stg_orders",
        "path:seeds, countries",
        "path:snapshots/history.sql, orders_history",
        "path:analyses, look",
        "path:models/staging/_staging.yml, not_null_stg_orders_id stg_events stg_orders"
                + " unique_stg_orders_id",
        "path:models/sources.yml, erp.orders source_not_null_web_events_id web.events web.visits",
        "path:dbt_packages/kit, ''",
        "path:models/nowhere, ''",
        "orders.sql, orders",
        "countries.csv, countries",
        "file:orders.sql, orders",
        "file:orders, orders",
        "file:stg_[ce]*, stg_countries stg_events",
        "file:history.sql, orders_history",
        "file:*.csv, countries"
    })
    void aPathOrFileIsWhereItStands(String criterion, String expected) throws Exception {
        assertThat(names(select(criterion))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "tag:daily, orders",
        "tag:d*, orders",
        "tag:vendor, kit_days kit_weeks",
        "tag:slow, not_null_stg_orders_id",
        "tag:board, dashboard",
        "tag:fast, orders.sums_up",
        "tag:nightly, erp.orders stg_countries stg_events stg_orders stg_visits",
        "source:web, web.events web.visits",
        "source:web.events, web.events",
        "source:*.orders, erp.orders",
        "source:shop.web.*, web.events web.visits",
        "source:kit.*.*, ''",
        "package:kit, kit_days kit_weeks",
        "package:k*, kit_days kit_weeks",
        "group:sales, orders revenue",
        "group:s*, orders revenue",
        "access:public, orders",
        "access:private, ''",
        "version:latest, dim_product.v2",
        "version:prerelease, dim_product.v3",
        "version:old, dim_product.v1",
        "exposure:dashboard, dashboard",
        "exposure:shop.d*, dashboard",
        "exposure:kit.*, ''",
        "metric:revenue, revenue",
        "semantic_model:*, orders_semantic",
        "saved_query:shop.monthly, monthly",
        "unit_test:sums_up, orders.sums_up",
        "unit_test:shop.*, orders.sums_up"
    })
    void aMethodFindsWhatIsSaidOfIt(String criterion, String expected) throws Exception {
        assertThat(names(select(criterion))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "config.materialized:ephemeral, int_sessions",
        "config.materialized:snapshot, orders_history",
        "config.materialized:eph*, ''",
        "config.meta.owner.team:data, stg_countries stg_events stg_orders stg_visits",
        "config.meta.owner:data, ''",
        "config.meta.level:1, ''",
        "config.unique_key:at, stg_events",
        "config.unique_key:id, orders_history stg_events",
        "config.grants.select:reporter, stg_events",
        "config.contract.enforced:true, orders",
        "config.contract.enforced:TRUE, orders",
        "config.quote_columns:false, countries",
        "config.severity:WARN, not_null_stg_orders_id",
        "config.tags:daily, orders",
        "config.group:sales, orders",
        "config.nothing.like.it:x, ''"
    })
    void aSettingIsFoundByItsValue(String criterion, String expected) throws Exception {
        assertThat(names(select(criterion))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "resource_type:seed, countries",
        "resource_type:snapshot, orders_history",
        "resource_type:source, erp.orders web.events web.visits",
        "resource_type:analysis, look",
        "resource_type:unit_test, orders.sums_up",
        "resource_type:saved_query, monthly",
        "resource_type:macro, ''",
        "test_type:unit, orders.sums_up",
        "test_type:singular, no_orphans",
        "test_name:not_null, not_null_stg_orders_id source_not_null_web_events_id",
        "test_name:positive, kit_positive_customers_id",
        "test_name:sums*, orders.sums_up",
        "test_type:generic, kit_positive_customers_id not_null_stg_orders_id"
                + " relationships_customers_id__id__ref_orders_"
                + " relationships_orders_country__country__ref_stg_countries_"
                + " source_not_null_web_events_id unique_orders_id unique_stg_orders_id"
    })
    void aTypeIsFoundByItsName(String criterion, String expected) throws Exception {
        assertThat(names(select(criterion))).isEqualTo(expected);
    }

    @Test
    void modelsOfAllPackagesAreOfTheTypeModel() throws Exception {
        assertThat(names(select("resource_type:model"))).isEqualTo(MODELS);
    }

    @Test
    void dataTestsAreGenericAndSingularOnes() throws Exception {
        assertThat(select("test_type:data").ids())
                .hasSize(8)
                .containsAll(select("test_type:generic", "test_type:singular").ids());
    }

    @Test
    void thisIsTheProjectsOwnPackage() throws Exception {
        assertThat(select("package:this").ids())
                .isEqualTo(select("package:shop").ids())
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "+orders, countries erp.orders orders stg_countries stg_orders",
        "1+orders, orders stg_countries stg_orders",
        "2+customers, customers int_sessions orders stg_countries stg_events stg_orders stg_visits",
        "0+orders, orders",
        "int_sessions+1, customers int_sessions sessions",
        "stg_events+, customers dashboard int_sessions"
                + " kit_positive_customers_id look no_orphans"
                + " relationships_customers_id__id__ref_orders_ sessions stg_events",
        "1+int_sessions+1, customers int_sessions sessions stg_events stg_visits",
        "@sessions, int_sessions sessions stg_events stg_visits web.events web.visits",
        "@dim_product_v2, dim_product.v2 prices",
        "+exposure:dashboard+, countries customers dashboard erp.orders int_sessions orders"
                + " stg_countries stg_events stg_orders stg_visits web.events web.visits",
        "source:erp+1, erp.orders stg_orders",
        "1+semantic_model:orders_semantic, orders orders_semantic",
        "1+unit_test:sums_up, orders orders.sums_up"
    })
    void relativesComeAlong(String criterion, String expected) throws Exception {
        assertThat(names(select(criterion))).isEqualTo(expected);
    }

    @Test
    void anAtSignTakesInTheAncestorsOfAllDescendants() throws Exception {
        List<String> ids = select("@stg_visits").ids();
        assertThat(ids)
                .contains(
                        "model.shop.customers",
                        "model.shop.orders",
                        "seed.shop.countries",
                        "source.shop.erp.orders",
                        "exposure.shop.dashboard")
                .doesNotContain("model.shop.prices", "model.kit.kit_days");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "orders customers | customers orders",
                "'orders  customers' | customers orders",
                "'tag:core,tag:daily' | orders",
                "'tag:core,config.materialized:view' | ''",
                "'+orders,*.stg_*' | stg_countries stg_orders",
                "'+orders,*.stg_* prices' | prices stg_countries stg_orders",
                "'*.stg_*,tag:nightly,file:*s.sql' | stg_countries stg_events stg_orders"
                        + " stg_visits",
                "'tag:nightly,resource_type:source' | erp.orders"
            })
    void spacesUniteAndCommasIntersect(String criteria, String expected) throws Exception {
        assertThat(names(select(criteria))).isEqualTo(expected);
    }

    @Test
    void whatIsExcludedIsLeftOut() throws Exception {
        Criteria criteria =
                Criteria.of(Command.RUN).select("+customers").exclude("package:kit source:*+1");
        assertThat(names(Selection.of(MANIFEST, criteria)))
                .isEqualTo("customers orders stg_countries");
    }

    @Test
    void everythingButWhatIsExcludedIsSelectedIfNothingElseIsSaid() throws Exception {
        Criteria criteria = Criteria.of(Command.RUN).exclude("marts staging int_sessions");
        assertThat(names(Selection.of(MANIFEST, criteria))).isEqualTo("kit_days");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nomethod:x",
                "@orders+",
                "source:a.b.c.d",
                "exposure:a.b.c",
                "version:newest",
                "test_type:schematic",
                "resource_type:modell",
                "path:/models",
                "path:",
                "state:changed",
                "state:new",
                "result:error",
                "source_status:fresher"
            })
    void whatCannotBeUnderstoodIsRefused(String criterion) {
        assertThatThrownBy(() -> select(criterion))
                .isInstanceOf(InvalidSelectionException.class)
                .hasMessageStartingWith("--select '" + criterion + "': ");
    }

    @Test
    void moreCriteriaThanAnybodyWritesAreRefused() {
        assertThatThrownBy(() -> select("a ".repeat(10_001)))
                .hasMessageContaining("at most 10000 criteria");
    }
}
