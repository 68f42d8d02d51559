package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.serving.access.Caller;
import dev.millrace.serving.semantic.QueryException;
import dev.millrace.serving.semantic.Viewer;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who sees which members and rows. Twelve customers: some of each country, some of none. */
class AccessPoliciesTest {

    private static final String MODEL =
            """
            cubes:
              - name: customers
                sql_table: shop.customers
                joins:
                  - {name: orders, relationship: one_to_many, sql: "{CUBE}.id = {orders}.customer_id"}
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true, public: true}
                  - {name: country, sql: country, type: string, mask: "somewhere"}
                  - {name: credit_line, sql: credit, type: number, mask: -1}
                measures:
                  - {name: count, type: count}
                  - {name: credit, sql: credit, type: sum, mask: {sql: "NULL::int"}}
                  - {name: half, type: number, sql: "{credit} / 2"}
                segments: [{name: rich, sql: "{CUBE}.credit > 400"}]
                access_policy:
                  - {group: admin}
                  - {group: german, row_level: {filters: [{member: country, operator: equals, values: [DE]}]}}
                  - {group: local, row_level: {filters: [{member: country, operator: equals, values: ["{ securityContext.countries }"]}]}}
                  - {group: counting, member_level: {includes: [count]}}
                  - {group: masked, member_level: {includes: [id, count]}, member_masking: {includes: "*"}}
                  - {groups: [staff, boss], conditions: [{if: "{ !securityContext.left }"}], member_level: {excludes: [credit, half]}, row_level: {allow_all: true}}
              - name: orders
                sql_table: shop.orders
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true, public: true}
                  - {name: status, sql: status, type: string}
                measures: [{name: count, type: count}]
                access_policy:
                  - {group: admin}
                  - {group: german, row_level: {filters: [{or: [{member: status, operator: equals, values: [paid]}, {member: status, operator: notSet}]}]}}
              - name: open
                sql: "SELECT * FROM shop.customers WHERE {SECURITY_CONTEXT.country.filter('country')}"
                dimensions: [{name: country, sql: country, type: string}]
                measures: [{name: count, type: count}]
              - name: strict
                sql: "SELECT * FROM shop.customers WHERE {SECURITY_CONTEXT.user.country.requiredFilter('country')}"
                measures: [{name: count, type: count}]
            views:
              - name: shown
                cubes:
                  - {join_path: customers, includes: [count, country]}
                  - {join_path: customers.orders, prefix: true, includes: [count]}
                access_policy:
                  - {group: german}
                  - {group: viewer, member_level: {excludes: [country]}, row_level: {filters: [{member: country, operator: equals, values: [FR]}]}}
            """;

    private static final Shop SHOP = Shop.of(8);
    private static final Bench BENCH = new Bench(landed(), MODEL);

    private static TestWarehouse landed() {
        TestWarehouse warehouse = TestWarehouse.create();
        try {
            SHOP.land(warehouse);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return warehouse;
    }

    private static Viewer in(String... groups) {
        return Viewer.of(Set.of(groups), Map.of());
    }

    private static String customers(String... countries) {
        return String.valueOf(
                SHOP.customers.stream()
                        .filter(
                                c ->
                                        c.country() != null
                                                && List.of(countries).contains(c.country()))
                        .count());
    }

    private static String count(Viewer viewer) {
        return BENCH.rows("{\"measures\":[\"customers.count\"]}", viewer).getFirst().getFirst();
    }

    @Test
    void whoeverIsInNoGroupThatAPolicyNamesSeesNothing() {
        assertThatThrownBy(() -> count(in())).isInstanceOf(QueryException.class);
        assertThatThrownBy(() -> count(in("unknown")))
                .hasMessageContaining("You requested hidden member: 'customers__count'");
    }

    @Test
    void rowsAreThoseThatAtLeastOnePolicyShows() {
        assertThat(count(in("admin"))).isEqualTo("12");
        assertThat(count(in("german"))).isEqualTo(customers("DE")).isNotEqualTo("12");
        assertThat(count(Viewer.of(Set.of("local"), Map.of("countries", List.of("FR", "it's")))))
                .isEqualTo(customers("FR", "it's"));
        assertThat(count(Viewer.of(Set.of("local", "german"), Map.of("countries", List.of("FR")))))
                .isEqualTo(customers("FR", "DE"));
        assertThat(count(in("german", "admin"))).isEqualTo("12");
    }

    @Test
    void aClaimThatIsMissingOrNoTextAllowsNothing() {
        for (Map<String, Object> claims :
                List.<Map<String, Object>>of(
                        Map.of(),
                        Map.of("countries", Map.of("x", "DE")),
                        Map.of("countries", List.of(List.of("DE"))))) {
            assertThatThrownBy(() -> count(Viewer.of(Set.of("local"), claims)))
                    .isInstanceOf(QueryException.class);
        }
        assertThat(count(Viewer.of(Set.of("local"), Map.of("countries", List.of()))))
                .isEqualTo("0");
    }

    @Test
    void membersThatNoPolicyShowsAreHiddenAlsoFromFiltersAndOrders() {
        assertThat(count(in("counting"))).isEqualTo("12");
        for (String query :
                List.of(
                        "'measures':['customers.credit']",
                        "'measures':['customers.count'],'dimensions':['customers.country']",
                        "'measures':['customers.count'],'segments':['customers.rich']",
                        "'measures':['customers.count'],'filters':[{'member':'customers.country','operator':'equals','values':['DE']}]",
                        "'measures':['customers.count'],'filters':[{'member':'customers.credit','operator':'gt','values':['1']}]")) {
            assertThatThrownBy(
                            () -> BENCH.rows("{" + query.replace('\'', '"') + "}", in("counting")))
                    .as(query)
                    .isInstanceOf(QueryException.class)
                    .hasMessageContaining("hidden member");
        }
    }

    @Test
    void noTwoPoliciesTogetherShowWhatNeitherShowsAlone() {
        // One shows every member of German customers, the other counts all customers.
        assertThat(
                        BENCH.rows(
                                "{\"measures\":[\"customers.count\"],\"dimensions\":[\"customers.country\"]}",
                                in("german", "counting")))
                .containsExactly(List.of("DE", customers("DE")));
        assertThat(count(in("german", "counting"))).isEqualTo("12");
    }

    @Test
    void aMaskStandsInPlaceOfTheValueWhereverItIsNamed() {
        assertThat(
                        BENCH.rows(
                                "{\"measures\":[\"customers.count\",\"customers.credit\",\"customers.half\"],\"dimensions\":[\"customers.country\",\"customers.credit_line\"]}",
                                in("masked")))
                .containsExactly(List.of("somewhere", "-1", "12", "null", "null"));
        assertThat(
                        BENCH.rows(
                                "{\"measures\":[\"customers.count\"],\"filters\":[{\"member\":\"customers.country\",\"operator\":\"equals\",\"values\":[\"DE\"]}]}",
                                in("masked")))
                .containsExactly(List.of("0"));
        // A segment has no mask.
        assertThatThrownBy(
                        () ->
                                BENCH.rows(
                                        "{\"measures\":[\"customers.count\"],\"segments\":[\"customers.rich\"]}",
                                        in("masked")))
                .hasMessageContaining("hidden member");
        assertThat(count(in("masked", "admin"))).isEqualTo("12");
    }

    @Test
    void whoSeesAValueByAnotherPolicySeesItUnmasked() {
        assertThat(
                        BENCH.rows(
                                "{\"dimensions\":[\"customers.country\"],\"filters\":[{\"member\":\"customers.country\",\"operator\":\"set\"}],\"order\":{\"customers.country\":\"asc\"}}",
                                in("masked", "admin")))
                .extracting(List::getFirst)
                .contains("DE");
    }

    @Test
    void conditionsOnTheTokenMustHold() {
        assertThat(count(Viewer.of(Set.of("boss"), Map.of("left", false)))).isEqualTo("12");
        assertThatThrownBy(() -> count(Viewer.of(Set.of("boss"), Map.of("left", true))))
                .isInstanceOf(QueryException.class);
    }

    @Test
    void aCubeThatIsOnlyJoinedShowsItsOwnRowsAndNoOthers() {
        String query = "{\"measures\":[\"customers.count\",\"orders.count\"]}";
        long all = SHOP.orders.stream().filter(o -> o.customer() != null).count();
        long german =
                SHOP.orders.stream()
                        .filter(o -> o.customer() != null && "DE".equals(o.customer().country()))
                        .filter(o -> o.status() == null || o.status().equals("paid"))
                        .count();

        assertThat(BENCH.rows(query, in("admin")))
                .containsExactly(List.of("12", String.valueOf(all)));
        assertThat(BENCH.rows(query, in("german")))
                .containsExactly(List.of(customers("DE"), String.valueOf(german)));
        assertThatThrownBy(() -> BENCH.rows(query, in("counting")))
                .hasMessageContaining("hidden member: 'orders__count'");
    }

    @Test
    void aViewHasPoliciesOfItsOwnAboveThoseOfItsCubes() {
        String query = "{\"measures\":[\"shown.count\",\"shown.orders_count\"]}";

        assertThat(BENCH.rows(query, in("german")).getFirst().getFirst())
                .isEqualTo(customers("DE"));
        // The view shows French customers to viewers, but no policy of the cubes names them.
        assertThat(BENCH.rows(query, in("viewer"))).containsExactly(List.of("0", "0"));
        assertThat(BENCH.rows(query, in("viewer", "counting")).getFirst().getFirst())
                .isEqualTo(customers("FR"));
        assertThatThrownBy(() -> BENCH.rows("{\"dimensions\":[\"shown.country\"]}", in("viewer")))
                .hasMessageContaining("hidden member: 'shown__country'");
        assertThatThrownBy(() -> BENCH.rows(query, in("admin"))).hasMessageContaining("hidden");
    }

    @Test
    void claimsStandInTheModelsOwnSqlAsValues() {
        String query = "{\"measures\":[\"open.count\"]}";

        assertThat(BENCH.rows(query, in())).containsExactly(List.of("12"));
        assertThat(BENCH.rows(query, Viewer.of(Set.of(), Map.of("country", "it's"))))
                .containsExactly(List.of(customers("it's")));
        assertThat(BENCH.rows(query, Viewer.of(Set.of(), Map.of("country", "x' OR 'a'='a"))))
                .containsExactly(List.of("0"));
        assertThat(
                        BENCH.rows(
                                "{\"measures\":[\"strict.count\"]}",
                                Viewer.of(
                                        Set.of(),
                                        Map.of("user", Map.of("country", List.of("DE"))))))
                .containsExactly(List.of(customers("DE")));
        assertThatThrownBy(() -> BENCH.rows("{\"measures\":[\"strict.count\"]}", in()))
                .isInstanceOf(QueryException.class)
                .hasMessage("Filter for user.country is required");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"groups":["a","b"]}                | a,b
                    {"role":"a","roles":["b"]}          | a,b
                    {"group":"a","groups":[1,{"x":2}]}  | a
                    {"groups":{"a":true}}               |
                    """)
    void groupsAreWhatTheTokenSays(String token, String groups) {
        @SuppressWarnings("unchecked")
        Map<String, Object> claims = Bench.JSON.readValue(token, Map.class);

        assertThat(Viewers.of(new Caller("x", claims)).groups())
                .containsExactlyInAnyOrder(groups == null ? new String[0] : groups.split(",", -1));
    }

    @Test
    void theCatalogueHasWhatTheViewerMaySee() {
        Annotations annotations = new Annotations(Shop.compiler(MODEL).model());

        assertThat(names(annotations, in("counting")))
                .containsExactly("customers.count", "open.count", "strict.count");
        assertThat(names(annotations, in())).containsExactly("open.count", "strict.count");
        assertThat(names(annotations, in("german")))
                .contains("customers.credit", "orders.count", "shown.orders_count");
    }

    private static List<String> names(Annotations annotations, Viewer viewer) {
        JsonNode catalogue = Bench.JSON.valueToTree(annotations.catalogue(viewer));
        return catalogue.findValues("measures").stream()
                .flatMap(JsonNode::valueStream)
                .map(measure -> measure.path("name").asString())
                .filter(name -> name.contains("."))
                .toList();
    }
}
