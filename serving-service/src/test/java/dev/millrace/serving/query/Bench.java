package dev.millrace.serving.query;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.serving.access.TenantTokens;
import dev.millrace.serving.access.Tenants;
import dev.millrace.serving.access.TestTenantTokens;
import dev.millrace.serving.budget.Share;
import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.QueryCompiler;
import dev.millrace.serving.semantic.Viewer;
import dev.millrace.test.TestWarehouse;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** Queries from JSON to JSON over a real warehouse, as the doors run them, without HTTP. */
final class Bench implements AutoCloseable {

    static final JsonMapper JSON = JsonMapper.shared();

    /** As the service has it by default. */
    private static final long MAX_ROWS = 1_000_000_000;

    final Warehouse warehouse;
    final ResultMemory memory;
    private final LargeResults large = new LargeResults();
    final PlanGuard guard = new PlanGuard(new GuardSettings(MAX_ROWS, 0, Duration.ZERO), JSON);
    private final QueryCompiler compiler;
    private final QueryReader reader;
    private final Clock clock;
    private final TenantTokens tokens = TestTenantTokens.create();

    /** Settings to begin with, changed one by one. */
    record Settings(
            TestWarehouse warehouse,
            int poolSize,
            String searchPath,
            Duration statementTimeout,
            Duration connectionTimeout,
            DataSize maxResultBytes,
            @Nullable DataSize resultMemory) {

        static Settings of(TestWarehouse warehouse) {
            return new Settings(
                    warehouse,
                    4,
                    "analytics, public",
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(20),
                    DataSize.ofMegabytes(64),
                    null);
        }

        Settings poolSize(int size) {
            return new Settings(
                    warehouse,
                    size,
                    searchPath,
                    statementTimeout,
                    connectionTimeout,
                    maxResultBytes,
                    resultMemory);
        }

        Settings searchPath(String path) {
            return new Settings(
                    warehouse,
                    poolSize,
                    path,
                    statementTimeout,
                    connectionTimeout,
                    maxResultBytes,
                    resultMemory);
        }

        Settings statementTimeout(Duration timeout) {
            return new Settings(
                    warehouse,
                    poolSize,
                    searchPath,
                    timeout,
                    connectionTimeout,
                    maxResultBytes,
                    resultMemory);
        }

        Settings connectionTimeout(Duration timeout) {
            return new Settings(
                    warehouse,
                    poolSize,
                    searchPath,
                    statementTimeout,
                    timeout,
                    maxResultBytes,
                    resultMemory);
        }

        Settings maxResultBytes(DataSize bytes) {
            return new Settings(
                    warehouse,
                    poolSize,
                    searchPath,
                    statementTimeout,
                    connectionTimeout,
                    bytes,
                    resultMemory);
        }

        Settings resultMemory(DataSize bytes) {
            return new Settings(
                    warehouse,
                    poolSize,
                    searchPath,
                    statementTimeout,
                    connectionTimeout,
                    maxResultBytes,
                    bytes);
        }

        WarehouseSettings done() {
            return new WarehouseSettings(
                    warehouse.url(),
                    warehouse.username(Role.READER),
                    warehouse.password(Role.READER),
                    searchPath,
                    poolSize,
                    statementTimeout,
                    connectionTimeout,
                    maxResultBytes,
                    resultMemory);
        }
    }

    /** One request, ready to run. */
    record Asked(QuerySet set, List<CompiledQuery> compiled, QueryRun run) {

        Results results() throws SQLException, InterruptedException {
            return run.run(set, compiled, true);
        }
    }

    Bench(Settings settings, String model, Clock clock) {
        WarehouseSettings done = settings.done();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        this.warehouse = new Warehouse(done, meters, "bench");
        this.memory = new ResultMemory(done, meters);
        this.compiler = Shop.compiler(model);
        this.reader = new QueryReader(JSON, clock);
        this.clock = clock;
    }

    Bench(TestWarehouse warehouse, String model) {
        this(Settings.of(warehouse), model, Clock.systemUTC());
    }

    Asked ask(String json) {
        return ask(json, Viewer.PLATFORM);
    }

    Asked ask(String json, Viewer viewer) {
        return ask(json, viewer, new Tenants.All());
    }

    Asked ask(String json, Viewer viewer, Tenants tenants) {
        QuerySet set = QuerySet.read(JSON.readTree(json), reader);
        List<CompiledQuery> compiled =
                set.queries().stream()
                        .map(query -> compiler.compile(query.query(), viewer))
                        .toList();
        return new Asked(
                set,
                compiled,
                new QueryRun(
                        warehouse,
                        guard,
                        new ReadSet(),
                        new RollupStates(),
                        large,
                        memory.share(),
                        JSON,
                        clock,
                        () -> tokens.sign(tenants),
                        Share.NONE));
    }

    /** What stands under {@code data} of the only query. */
    JsonNode data(String json) {
        return data(json, Viewer.PLATFORM);
    }

    JsonNode data(String json, Viewer viewer) {
        return data(json, viewer, new Tenants.All());
    }

    JsonNode data(String json, Viewer viewer, Tenants tenants) {
        Asked asked = ask(json, viewer, tenants);
        try {
            return JSON.readTree(text(asked.results().queries().getFirst().json()));
        } catch (SQLException e) {
            throw new WarehouseException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            asked.run().end();
        }
    }

    /** The values of the first column of the only query, as text. */
    List<String> column(String json) {
        return data(json)
                .valueStream()
                .map(row -> row.properties().iterator().next().getValue().asString("null"))
                .toList();
    }

    /** The values of each row of the only query, as text. */
    List<List<String>> rows(String json, Viewer viewer) {
        return rows(json, viewer, new Tenants.All());
    }

    List<List<String>> rows(String json, Viewer viewer, Tenants tenants) {
        return data(json, viewer, tenants)
                .valueStream()
                .map(
                        row ->
                                row.properties().stream()
                                        .map(value -> value.getValue().asString("null"))
                                        .toList())
                .toList();
    }

    List<List<String>> rows(String json) {
        return rows(json, Viewer.PLATFORM);
    }

    static String text(ChunkedBytes bytes) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            bytes.writeTo(out);
            return out.toString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        warehouse.close();
    }
}
