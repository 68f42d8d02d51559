package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.serving.semantic.QueryCompiler;
import dev.millrace.serving.semantic.Viewer;

import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Clock;
import java.util.Map;
import java.util.Set;

/** What a query costs before it reaches PostgreSQL: the model is compiled once, for all tenants. */
class CompilationCostTest {

    private static final int TENANTS = 5_000;

    @Test
    void aQueryOfATenantWhoNeverAskedBeforeCostsLessThanAMillisecond() {
        QueryCompiler compiler = Shop.compiler(model(200));
        QueryReader reader = new QueryReader(Bench.JSON, Clock.systemUTC());
        ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
        long statements = 0;
        long began = 0;
        for (int tenant = -500; tenant < TENANTS; tenant++) {
            if (tenant == 0) {
                began = cpu.getCurrentThreadCpuTime();
            }
            String query =
                    """
                    {"measures":["c%1$d.count","c%1$d.total"],"dimensions":["c%1$d.status","c%2$d.status"],
                     "timeDimensions":[{"dimension":"c%1$d.at","granularity":"day","dateRange":"last 30 days"}],
                     "filters":[{"member":"c%1$d.status","operator":"equals","values":["a","b"]}],"timezone":"Europe/Berlin"}
                    """
                            .formatted(Math.floorMod(tenant, 199), Math.floorMod(tenant, 199) + 1);
            Viewer viewer = Viewer.of(Set.of("customer"), Map.of("tenant_id", "t" + tenant));
            statements +=
                    compiler.compile(reader.read(Bench.JSON.readTree(query)).query(), viewer)
                            .statement()
                            .sql()
                            .length();
        }
        long micros = (cpu.getCurrentThreadCpuTime() - began) / TENANTS / 1_000;
        System.out.println("a query takes " + micros + " us of CPU before it reaches PostgreSQL");

        assertThat(statements).isPositive();
        assertThat(micros).isLessThan(1_000);
    }

    /** Cubes in a row, each joined to the next, each with a policy. */
    private static String model(int cubes) {
        StringBuilder model = new StringBuilder("cubes:\n");
        for (int i = 0; i < cubes; i++) {
            model.append(
                    """
                      - name: c%1$d
                        sql_table: t%1$d
                        joins: [%3$s]
                        dimensions:
                          - {name: id, sql: id, type: number, primary_key: true}
                          - {name: tenant, sql: tenant, type: string}
                          - {name: status, sql: status, type: string}
                          - {name: at, sql: at, type: time}
                        measures: [{name: count, type: count}, {name: total, type: sum, sql: amount}]
                        access_policy: [{group: customer, row_level: {filters: [{member: tenant, operator: equals, values: ["{ securityContext.tenant_id }"]}]}}]
                    """
                            .formatted(
                                    i,
                                    i + 1,
                                    i + 1 < cubes
                                            ? "{name: c%d, relationship: many_to_one, sql: \"{CUBE}.next = {c%d}.id\"}"
                                                    .formatted(i + 1, i + 1)
                                            : ""));
        }
        return model.toString();
    }
}
