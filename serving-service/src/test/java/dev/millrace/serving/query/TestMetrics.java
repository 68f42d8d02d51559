package dev.millrace.serving.query;

import dev.millrace.contracts.project.cube.CubeModel;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.access.TestTenantTokens;
import dev.millrace.serving.semantic.QueryCompiler;
import dev.millrace.serving.semantic.SemanticModel;
import dev.millrace.test.TestWarehouse;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.springframework.util.unit.DataSize;

import tools.jackson.databind.json.JsonMapper;

import java.time.Duration;

/** Metrics over a warehouse of a test's own, without a service. */
public final class TestMetrics implements AutoCloseable {

    private final Warehouse warehouse;
    private final MetricQueries queries;

    public TestMetrics(TestWarehouse database, CubeModel cubes) {
        this.warehouse =
                new Warehouse(
                        new WarehouseSettings(
                                database.url(),
                                database.username(Role.READER),
                                database.password(Role.READER),
                                "analytics, public",
                                4,
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(10),
                                DataSize.ofMegabytes(64),
                                null),
                        new SimpleMeterRegistry(),
                        "test");
        QueryCompiler compiler = new QueryCompiler(new SemanticModel(cubes));
        this.queries =
                new MetricQueries(
                        () -> compiler, warehouse, JsonMapper.shared(), TestTenantTokens.create());
    }

    public MetricQueries queries() {
        return queries;
    }

    @Override
    public void close() {
        warehouse.close();
    }
}
