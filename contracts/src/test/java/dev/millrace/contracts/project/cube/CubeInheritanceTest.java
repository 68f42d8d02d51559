package dev.millrace.contracts.project.cube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.ProjectLoader.Kind;
import dev.millrace.contracts.project.WrittenProject;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Objects;

/** Cubes and views that extend others, and members in stages of their own. */
class CubeInheritanceTest {

    private static final String MODEL =
            """
            cubes:
              - name: sales
                extends: orders
                sql_table: shop.sales
                description: Sold
                dimensions:
                  - {name: status, sql: state, type: string}
                measures:
                  - {name: best, type: rank, multi_stage: true, reduce_by: [status], order_by: [{sql: "{revenue}", dir: desc}]}
                hierarchies:
                  - {name: by_status, levels: [status, id]}
              - name: orders
                sql_table: shop.orders
                title: Orders
                joins:
                  - {name: customers, relationship: many_to_one, sql: "{CUBE}.customer = {customers.id}"}
                dimensions:
                  - {name: id, sql: id, type: number, primary_key: true}
                  - {name: status, sql: status, type: string}
                  - {name: at, sql: at, type: time}
                  - {name: currency, type: switch, values: [EUR, USD]}
                measures:
                  - {name: revenue, sql: amount, type: sum, drill_members: [id, customers.id]}
                  - {name: last_year, multi_stage: true, type: number, sql: "{revenue}", time_shift: [{time_dimension: at, interval: 1 year 2 months, type: next}]}
                  - {name: by_status, multi_stage: true, type: sum, sql: "{revenue}", group_by: [status, at.month]}
                  - {name: in_currency, multi_stage: true, type: number, case: {switch: "{CUBE.currency}", when: [{value: USD, sql: "{revenue} * 2"}], else: {sql: "{revenue}"}}}
                access_policy:
                  - {group: staff, conditions: [{if: "{ !securityContext.left }"}, {if: "{ securityContext.office == 'B' }"}], member_level: {excludes: [revenue]}, member_masking: {includes: [revenue]}}
                  - groups: [a, b]
                    row_level: {filters: [{or: [{member: status, operator: equals, values: ["{ securityContext.user.status }", null, x]}]}]}
              - name: customers
                sql_table: shop.customers
                dimensions: [{name: id, sql: id, type: number, primary_key: true, mask: "***"}]
            views:
              - name: wide
                extends: narrow
                cubes: [{join_path: sales, includes: [status]}]
              - name: narrow
                cubes: [{join_path: sales, includes: [id, best]}]
                access_policy: [{group: "*", member_level: {includes: [best]}}]
            """;

    private static CubeModel load(String model) throws InvalidProjectException {
        return WrittenProject.of("model/a.yml", model).readBy(Kind.CUBES).load().cubes();
    }

    @Test
    void aCubeHasAllThatItDoesNotSayItself() throws InvalidProjectException {
        Cube sales = load(MODEL).cube("sales").orElseThrow();

        assertThat(sales.about().title()).isEqualTo("Orders");
        assertThat(sales.about().description()).isEqualTo("Sold");
        assertThat(sales.relation().parts()).containsExactly(new SqlTemplate.Text("shop.sales"));
        assertThat(sales.joins()).extracting(Join::target).containsExactly("customers");
        assertThat(sales.dimensions())
                .extracting(Dimension::name)
                .containsExactly("id", "at", "currency", "status");
        assertThat(sales.dimension("status").orElseThrow().templates().toList())
                .extracting(SqlTemplate::parts)
                .containsExactly(List.of(new SqlTemplate.Text("state")));
        assertThat(sales.policies()).hasSize(2);
    }

    @Test
    void pathsOfItsMembersAreItsOwn() throws InvalidProjectException {
        Cube sales = load(MODEL).cube("sales").orElseThrow();

        assertThat(sales.measure("revenue").orElseThrow().drillMembers())
                .containsExactly("sales.id", "customers.id");
        assertThat(stage(sales, "best").reduceBy()).containsExactly("sales.status");
        assertThat(stage(sales, "by_status").groupBy())
                .containsExactly("sales.status", "sales.at.month");
        assertThat(stage(sales, "last_year").shifts())
                .containsExactly(new MultiStage.TimeShift("sales.at", "-1 year -2 months"));
        assertThat(sales.hierarchies())
                .singleElement()
                .extracting(Hierarchy::levels)
                .isEqualTo(List.of("sales.status", "sales.id"));
    }

    private static MultiStage stage(Cube cube, String measure) {
        return Objects.requireNonNull(cube.measure(measure).orElseThrow().stage());
    }

    @Test
    void aCaseIsACalculationForEachValue() throws InvalidProjectException {
        Measure measure =
                load(MODEL).cube("orders").orElseThrow().measure("in_currency").orElseThrow();

        assertThat(measure.isStaged()).isFalse();
        assertThat(Objects.requireNonNull(measure.choice()).whens())
                .extracting(Measure.When::value)
                .containsExactly("USD");
    }

    @Test
    void policiesAreReadWithTheirClaims() throws InvalidProjectException {
        List<AccessPolicy> policies = load(MODEL).cube("orders").orElseThrow().policies();

        AccessPolicy staff = policies.getFirst();
        assertThat(staff.groups()).containsExactly("staff");
        assertThat(staff.conditions())
                .containsExactly(
                        new AccessPolicy.Not(
                                new AccessPolicy.Holds(new AccessPolicy.Claim(List.of("left")))),
                        new AccessPolicy.Equals(new AccessPolicy.Claim(List.of("office")), "B"));
        assertThat(staff.members().has("status")).isTrue();
        assertThat(staff.members().has("revenue")).isFalse();
        assertThat(staff.rows()).isNull();
        assertThat(policies.get(1).rows())
                .isEqualTo(
                        new AccessPolicy.All(
                                List.of(
                                        new AccessPolicy.Any(
                                                List.of(
                                                        new AccessPolicy.On(
                                                                "status",
                                                                Operator.EQUALS,
                                                                List.of(
                                                                        new AccessPolicy.Claim(
                                                                                List.of(
                                                                                        "user",
                                                                                        "status")),
                                                                        new AccessPolicy.Literal(
                                                                                null),
                                                                        new AccessPolicy.Literal(
                                                                                "x"))))))));
    }

    @Test
    void aViewHasTheMembersAndPoliciesOfItsBase() throws InvalidProjectException {
        View wide = load(MODEL).views().getFirst();

        assertThat(wide.name()).isEqualTo("wide");
        assertThat(wide.members())
                .extracting(ViewMember::name)
                .containsExactly("id", "best", "status");
        assertThat(wide.policies()).hasSize(1);
    }
}
