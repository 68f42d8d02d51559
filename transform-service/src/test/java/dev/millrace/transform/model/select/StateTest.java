package dev.millrace.transform.model.select;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transform.model.manifest.ResourceType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;

class StateTest {

    private static final byte[] BEFORE = ManifestJson.of(Shop.shop());
    private static final String MARTS = "models/marts/_marts.yml";
    private static final String ORDERS = "models/marts/orders.sql";

    private static Selection select(Shop now, String criterion) throws InvalidSelectionException {
        PreviousState state = PreviousState.of(Map.of("manifest.json", BEFORE), Map.of());
        return Selection.of(
                now.manifest(),
                Criteria.of(Command.LS)
                        .types(EnumSet.allOf(ResourceType.class))
                        .indirect(IndirectSelection.EMPTY)
                        .comparedWith(state, now.macros())
                        .select(criterion));
    }

    private static List<String> modified(Shop now, String part) throws InvalidSelectionException {
        return select(now, part.isEmpty() ? "state:modified" : "state:modified." + part).ids();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "body",
                "configs",
                "relation",
                "persisted_descriptions",
                "macros",
                "contract"
            })
    void aProjectIsUnmodifiedAgainstItsOwnManifest(String part) throws Exception {
        assertThat(modified(Shop.shop(), part)).isEmpty();
    }

    @Test
    void allIsOldAndUnmodifiedAgainstItsOwnManifest() throws Exception {
        Shop same = Shop.shop();
        assertThat(select(same, "state:new").ids()).isEmpty();
        assertThat(select(same, "state:old").ids())
                .isEqualTo(select(same, "state:unmodified").ids());
        assertThat(select(same, "state:old").ids()).hasSize(34);
    }

    @Test
    void whatWasNotThereIsNewAndModified() throws Exception {
        Shop now = Shop.shop().with("models/fresh.sql", "select 1");
        assertThat(select(now, "state:new").ids()).containsExactly("model.shop.fresh");
        assertThat(modified(now, "")).containsExactly("model.shop.fresh");
        assertThat(modified(now, "body")).containsExactly("model.shop.fresh");
        assertThat(modified(now, "contract")).containsExactly("model.shop.fresh");
        assertThat(modified(now, "macros")).isEmpty();
        assertThat(select(now, "state:old").ids()).doesNotContain("model.shop.fresh");
    }

    @Test
    void aNewSourceIsNewAndNotModified() throws Exception {
        Shop now =
                Shop.shop()
                        .replacing(
                                "models/sources.yml",
                                "      - name: orders",
                                "      - name: orders\n      - name: refunds");
        assertThat(select(now, "state:new").ids()).containsExactly("source.shop.erp.refunds");
        assertThat(modified(now, "")).isEmpty();
        assertThat(modified(now, "relation")).containsExactly("source.shop.erp.refunds");
    }

    @Test
    void anotherBodyIsAModification() throws Exception {
        Shop now =
                Shop.shop()
                        .replacing("models/marts/sessions.sql", "select *", "select 1, *")
                        .replacing("seeds/countries.csv", "Germany", "Deutschland")
                        .replacing("snapshots/history.sql", "select *", "select id")
                        .replacing("tests/no_orphans.sql", "false", "1 = 2")
                        .replacing("models/marts/customers.sql", "select id", "select id\n");
        assertThat(modified(now, "body"))
                .containsExactlyInAnyOrder(
                        "model.shop.sessions",
                        "model.shop.customers",
                        "seed.shop.countries",
                        "snapshot.shop.orders_history",
                        "test.shop.no_orphans");
        assertThat(modified(now, "")).isEqualTo(modified(now, "body"));
        assertThat(modified(now, "configs")).isEmpty();
        assertThat(select(now, "state:modified+1,resource_type:model").ids())
                .contains("model.shop.stg_countries");
    }

    @Test
    void blanksAroundABodyAreNone() throws Exception {
        Shop now = Shop.shop().replacing("models/marts/sessions.sql", "select *", "\n\nselect *");
        assertThat(modified(now, "body")).isEmpty();
    }

    @Test
    void anotherSettingIsAModification() throws Exception {
        Shop now = Shop.shop().replacing(ORDERS, "group='sales'", "group='sales', lookback=3");
        assertThat(modified(now, "configs")).containsExactly("model.shop.orders");
        Shop project = Shop.shop().replacing("dbt_project.yml", "level: 1", "level: 2");
        assertThat(modified(project, "configs"))
                .containsExactlyInAnyOrder(
                        "model.shop.stg_events",
                        "model.shop.stg_visits",
                        "model.shop.stg_orders",
                        "model.shop.stg_countries");
        assertThat(modified(project, "")).hasSize(4);
        assertThat(modified(project, "body")).isEmpty();
    }

    @Test
    void tagsAndGroupsAreNoModification() throws Exception {
        Shop now =
                Shop.shop()
                        .replacing("dbt_project.yml", "+tags: core", "+tags: heart")
                        .with("models/groups.yml", "groups: [{name: x, owner: {name: y}}]");
        assertThat(modified(now, "")).isEmpty();
    }

    @Test
    void anotherNameInTheWarehouseIsAModificationOfTheRelation() throws Exception {
        Shop now =
                Shop.shop()
                        .replacing(
                                "models/staging/_staging.yml",
                                "unique_key: [id, at]",
                                "schema: raw, unique_key: [id, at]");
        assertThat(modified(now, "relation")).containsExactly("model.shop.stg_events");
        assertThat(modified(now, "")).containsExactly("model.shop.stg_events");
        assertThat(modified(now, "configs")).isEmpty();
    }

    @Test
    void descriptionsCountWhereTheyAreWrittenIntoTheWarehouse() throws Exception {
        Shop now = Shop.shop().replacing(MARTS, "One row an order.", "Orders.");
        assertThat(modified(now, "persisted_descriptions")).containsExactly("model.shop.orders");
        assertThat(modified(now, "")).containsExactly("model.shop.orders");
        Shop columns = Shop.shop().replacing(MARTS, "description: Number.", "description: No.");
        assertThat(modified(columns, "persisted_descriptions"))
                .containsExactly("model.shop.orders");
        Shop unpersisted =
                Shop.shop()
                        .replacing(
                                MARTS,
                                "  - name: customers",
                                "  - name: customers\n    description: All of them.");
        assertThat(modified(unpersisted, "")).isEmpty();
    }

    @Test
    void aMacroThatIsCalledByAnotherCountsForThoseThatCallThis() throws Exception {
        Shop now = Shop.shop().replacing("macros/money.sql", "* 100", "* 1000");
        assertThat(modified(now, "macros")).containsExactly("model.shop.orders");
        assertThat(modified(now, "")).containsExactly("model.shop.orders");
        assertThat(modified(now, "body")).isEmpty();
    }

    @Test
    void theMacroOfAGenericTestCountsForItsTests() throws Exception {
        Shop now = Shop.shop().replacing("dbt_packages/kit/macros/positive.sql", "<= 0", "< 0");
        assertThat(modified(now, "macros"))
                .singleElement()
                .asString()
                .startsWith("test.shop.kit_positive_customers_id");
    }

    @Test
    void aGenericTestIsModifiedByWhatItDoesWithItsRows() throws Exception {
        Shop now =
                Shop.shop().replacing("models/staging/_staging.yml", "severity: warn", "limit: 3");
        assertThat(modified(now, ""))
                .singleElement()
                .asString()
                .startsWith("test.shop.not_null_stg_orders_id");
    }

    @Test
    void accessAndLatestVersionCountForThoseThatRefer() throws Exception {
        Shop access = Shop.shop().replacing(MARTS, "access: public", "access: protected");
        assertThat(modified(access, "")).containsExactly("model.shop.orders");
        Shop latest = Shop.shop().replacing(MARTS, "latest_version: 2", "latest_version: 3");
        assertThat(modified(latest, ""))
                .contains("model.shop.dim_product.v1", "model.shop.dim_product.v3");
    }

    @Test
    void anotherTypeBreaksAContract() throws Exception {
        Shop now = Shop.shop().replacing(MARTS, "data_type: integer", "data_type: bigint");
        assertThat(modified(now, "contract")).containsExactly("model.shop.orders");
        Selection selection = select(now, "state:modified");
        assertThat(selection.ids()).containsExactly("model.shop.orders");
        assertThat(selection.warnings())
                .containsExactly(
                        "model orders: its contract no longer holds for those that read it: the"
                                + " column id was integer and is bigint");
    }

    @Test
    void aContractThatIsLiftedOrLosesColumnsAndConstraintsIsBroken() throws Exception {
        Shop lifted = Shop.shop().replacing(MARTS, "enforced: true", "enforced: false");
        assertThat(select(lifted, "state:modified.contract").warnings())
                .singleElement()
                .asString()
                .endsWith("it is not enforced any more");
        Shop fewer =
                Shop.shop()
                        .replacing(MARTS, "      - name: price\n        data_type: numeric\n", "")
                        .replacing(MARTS, "        constraints: [{type: not_null}]\n", "");
        assertThat(select(fewer, "state:modified.contract").warnings())
                .singleElement()
                .asString()
                .endsWith("the column id has lost a constraint; the column price is gone");
    }

    @Test
    void oneMoreColumnBreaksNoContract() throws Exception {
        Shop now =
                Shop.shop()
                        .replacing(
                                MARTS,
                                "      - name: price\n",
                                "      - {name: tax, data_type: numeric}\n      - name: price\n");
        Selection selection = select(now, "state:modified.contract");
        assertThat(selection.ids()).containsExactly("model.shop.orders");
        assertThat(selection.warnings()).isEmpty();
    }

    @Test
    void aSourceIsModifiedByWhereItIsAndHowOldItMayBe() throws Exception {
        Shop moved =
                Shop.shop()
                        .replacing(
                                "models/sources.yml", "- name: web", "- name: web\n    schema: w");
        assertThat(modified(moved, "relation"))
                .containsExactlyInAnyOrder("source.shop.web.events", "source.shop.web.visits");
        Shop older = Shop.shop().replacing("models/sources.yml", "count: 1", "count: 2");
        assertThat(modified(older, "")).containsExactly("source.shop.web.events");
        assertThat(modified(older, "relation")).isEmpty();
        Shop tagged = Shop.shop().replacing("models/sources.yml", "tags: [nightly]", "tags: [x]");
        assertThat(modified(tagged, "")).isEmpty();
    }

    @Test
    void whatIsDescribedIsModifiedByItsDescription() throws Exception {
        Shop now =
                Shop.shop()
                        .replacing(MARTS, "email: ann@example.com", "email: a@example.com")
                        .replacing(MARTS, "label: Revenue", "label: Turnover")
                        .replacing(MARTS, "{name: id, type: primary}", "{name: id, type: unique}")
                        .replacing(
                                MARTS, "metrics: [revenue]}", "metrics: [revenue], group_by: [x]}");
        assertThat(modified(now, ""))
                .containsExactlyInAnyOrder(
                        "exposure.shop.dashboard",
                        "metric.shop.revenue",
                        "semantic_model.shop.orders_semantic",
                        "saved_query.shop.monthly");
    }

    @Test
    void wordsOfDbtsOwnAreTheSameInCapitals() throws Exception {
        Shop now = Shop.shop().replacing(MARTS, "type: primary", "type: PRIMARY");
        assertThat(modified(now, "")).isEmpty();
    }
}
