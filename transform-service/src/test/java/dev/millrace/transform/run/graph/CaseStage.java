package dev.millrace.transform.run.graph;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.materialization.Materializer;
import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.context.Invocation;
import dev.millrace.transform.model.context.ReadableEnvironment;
import dev.millrace.transform.model.context.Target;
import dev.millrace.transform.model.context.TemplateLog;
import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.model.parse.ManifestReader;
import dev.millrace.transform.model.parse.ProjectBasis;
import dev.millrace.transform.model.parse.StreamTables;
import dev.millrace.transform.model.partial.TakenOver;
import dev.millrace.transform.run.node.HookStage;
import dev.millrace.transform.run.node.NodeOutcome;
import dev.millrace.transform.run.node.NodeRunner;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/** The project of one case, in a schema of its own. */
final class CaseStage {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final TestWarehouse warehouse;
    private final String schema;
    private final Map<String, String> files = new LinkedHashMap<>();
    private final Map<String, String> compiled = new ConcurrentHashMap<>();
    private final List<String> said = new ArrayList<>();

    CaseStage(TestWarehouse warehouse, String schema) {
        this.warehouse = warehouse;
        this.schema = schema;
        files.put("dbt_project.yml", "name: shop\n");
    }

    /** A text of the case with its schema. */
    String text(Object written) {
        return String.valueOf(written).replace("SCHEMA", schema);
    }

    void file(String path, Object text) {
        if (text == null) {
            files.remove(path);
        } else {
            files.put(path, text(text));
        }
    }

    Optional<ManifestReader.Read> read(Problems problems, Map<String, Object> run) {
        TemplateLog log =
                new TemplateLog() {
                    @Override
                    public void say(String file, String message, boolean shown) {
                        said.add(message);
                    }

                    @Override
                    public void warn(String file, String message) {
                        said.add("warning: " + message);
                    }
                };
        Map<String, String> environment = new LinkedHashMap<>();
        DbtCase.map(run.get("env"))
                .forEach((name, value) -> environment.put(name, String.valueOf(value)));
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        files.forEach((path, text) -> bytes.put(path, text.getBytes(StandardCharsets.UTF_8)));
        List<String> flags = DbtCase.list(run.get("flags"));
        ProjectBasis basis =
                new ProjectBasis(
                        new Target("test", "shop", database(), schema, 1, Map.of()),
                        new Invocation(
                                "00000000-0000-0000-0000-000000000001",
                                NOW,
                                "build",
                                DbtCase.map(run.get("vars")),
                                flags.contains("full-refresh"),
                                flags.contains("empty"),
                                flags.contains("store-failures"),
                                Set.of(),
                                null,
                                null),
                        ReadableEnvironment.of(Environment.of(environment), Set.of()),
                        Clock.systemUTC(),
                        log);
        Optional<ManifestReader.Read> read =
                new ManifestReader(ProjectFiles.of(bytes), basis, StreamTables.NONE, problems)
                        .read();
        // What was kept of a project must do all that the project itself does.
        return problems.isEmpty() ? read.map(fresh -> TakenOver.from(fresh, basis)) : read;
    }

    private String database() {
        String url = warehouse.url();
        String path = url.substring(url.lastIndexOf('/') + 1);
        return path.contains("?") ? path.substring(0, path.indexOf('?')) : path;
    }

    /** Builds what the project has, with its hooks; how each node ended, by name. */
    Map<String, NodeOutcome> build(ManifestReader.Read read, Set<String> only) throws SQLException {
        List<Step> steps = new ArrayList<>();
        read.manifest().nodes().values().stream()
                .filter(node -> node.isRun())
                .filter(node -> only.isEmpty() || only.contains(node.name()))
                .forEach(steps::add);
        read.manifest().unitTests().values().stream()
                .filter(test -> only.isEmpty() || only.contains(test.name()))
                .forEach(steps::add);
        NodeRunner runner =
                new NodeRunner(
                        read.manifest(),
                        read.workspace(),
                        new Materializer(Duration.ofSeconds(2)),
                        files::get);
        Map<String, NodeOutcome> outcomes = new LinkedHashMap<>();
        try (Session session = session()) {
            outcomes.putAll(HookStage.before(read.manifest(), runner, session));
            Map<String, NodeOutcome> ended = run(read, steps, runner);
            Map<Step, NodeOutcome> finished = new LinkedHashMap<>();
            for (Step step : steps) {
                NodeOutcome outcome = ended.get(step.id());
                if (outcome != null) {
                    outcomes.put(step.name(), outcome);
                    finished.put(step, outcome);
                }
            }
            outcomes.putAll(HookStage.after(read.manifest(), runner, session, finished));
        }
        return outcomes;
    }

    private Map<String, NodeOutcome> run(
            ManifestReader.Read read, List<Step> steps, NodeRunner runner) {
        Progress progress =
                new Progress() {
                    @Override
                    public void began(Step step) {}

                    @Override
                    public void compiled(Step step, String sql) {
                        compiled.put(step.name(), sql);
                    }

                    @Override
                    public void ended(Step step, NodeOutcome outcome) {}
                };
        Executor here = Runnable::run;
        return new GraphRun(
                        read.manifest(),
                        steps,
                        BuildOrder.withTests(read.manifest(), steps),
                        runner,
                        new GraphRun.Means(this::session, new Semaphore(1), here, false),
                        progress)
                .execute();
    }

    Session session() throws SQLException {
        Connection connection = connection();
        return new Session(connection, Connection::close);
    }

    private Connection connection() throws SQLException {
        Connection connection = warehouse.connection(Role.MODELS);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET timezone = 'UTC'");
        }
        return connection;
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.execute("create schema if not exists " + schema + "; " + sql);
        }
    }

    /** Rows of a query, with a bar between the values. */
    List<String> query(String sql) throws SQLException {
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.add(String.valueOf(rows.getString(i)));
                }
                values.add(String.join("|", row));
            }
            return values;
        }
    }

    String compiled(String name) {
        return compiled.getOrDefault(name, "").strip();
    }

    List<String> said() {
        return said;
    }
}
