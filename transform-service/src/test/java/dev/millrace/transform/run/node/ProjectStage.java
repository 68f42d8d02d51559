package dev.millrace.transform.run.node;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Problem;
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
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.model.manifest.UnitTest;
import dev.millrace.transform.model.parse.ManifestReader;
import dev.millrace.transform.model.parse.ProjectBasis;
import dev.millrace.transform.model.parse.StreamTables;

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
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A dbt project of a few files, and a warehouse of its own to carry its nodes out in. */
public final class ProjectStage {

    public static final String SCHEMA = "analytics";

    private final TestWarehouse warehouse;
    private final Map<String, String> files = new LinkedHashMap<>();
    private final Map<String, String> compiled = new ConcurrentHashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private Invocation invocation =
            Invocation.of("1", Instant.parse("2026-03-01T12:00:00Z"), "build");

    private ProjectStage(TestWarehouse warehouse) {
        this.warehouse = warehouse;
        files.put("dbt_project.yml", "name: shop\n");
    }

    public static ProjectStage create() {
        return new ProjectStage(TestWarehouse.create());
    }

    /** Adds a file, or changes what it says. */
    public ProjectStage file(String path, String text) {
        files.put(path, text);
        return this;
    }

    public ProjectStage during(Invocation other) {
        invocation = other;
        return this;
    }

    public Invocation invocation() {
        return invocation;
    }

    public ProjectStage fullRefresh(boolean fullRefresh) {
        invocation =
                new Invocation(
                        "1",
                        invocation.startedAt(),
                        "build",
                        Map.of(),
                        fullRefresh,
                        false,
                        false,
                        Set.of(),
                        null,
                        null);
        return this;
    }

    /** The project as it is now; there must be nothing wrong with it. */
    public ManifestReader.Read read() {
        Problems problems = new Problems();
        ManifestReader.Read read = read(problems);
        if (!problems.list().isEmpty()) {
            throw new AssertionError(problems.list().toString());
        }
        return read;
    }

    /** What is wrong with the project. */
    public List<String> problems() {
        Problems problems = new Problems();
        read(problems);
        return problems.list().stream().map(Problem::toString).toList();
    }

    /** What is odd about the project. */
    public List<String> warned() {
        Problems problems = new Problems();
        read(problems);
        return problems.warnings().stream().map(Problem::toString).toList();
    }

    private ManifestReader.Read read(Problems problems) {
        TemplateLog log =
                new TemplateLog() {
                    @Override
                    public void say(String file, String message, boolean shown) {
                        said.add(message);
                    }

                    @Override
                    public void warn(String file, String message) {
                        warnings.add(message);
                    }
                };
        Target target = new Target("test", "shop", database(), SCHEMA, 1, Map.of());
        return new ManifestReader(
                        projectFiles(),
                        new ProjectBasis(
                                target,
                                invocation,
                                ReadableEnvironment.of(
                                        Environment.of(Map.of("DBT_SHOP", "berlin")), Set.of()),
                                Clock.systemUTC(),
                                log),
                        StreamTables.NONE,
                        problems)
                .read()
                .orElseThrow();
    }

    private ProjectFiles projectFiles() {
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        files.forEach((path, text) -> bytes.put(path, text.getBytes(StandardCharsets.UTF_8)));
        return ProjectFiles.of(bytes);
    }

    private String database() {
        String url = warehouse.url();
        String path = url.substring(url.lastIndexOf('/') + 1);
        return path.contains("?") ? path.substring(0, path.indexOf('?')) : path;
    }

    /** A runner of the project as it is now. */
    public NodeRunner runner(ManifestReader.Read read) {
        return new NodeRunner(
                read.manifest(),
                read.workspace(),
                new Materializer(Duration.ofSeconds(2)),
                files::get);
    }

    /** Carries out the nodes of some names, in the order of the project. */
    public Map<String, NodeOutcome> run(String... names) throws SQLException {
        ManifestReader.Read read = read();
        Set<String> asked = Set.of(names);
        Map<String, NodeOutcome> outcomes = new LinkedHashMap<>();
        for (Node node : read.manifest().nodes().values()) {
            if (asked.isEmpty() ? node.isBuilt() : asked.contains(node.name())) {
                outcomes.put(node.name(), run(read, node));
            }
        }
        for (UnitTest test : read.manifest().unitTests().values()) {
            if (asked.contains(test.name())) {
                outcomes.put(test.name(), run(read, test));
            }
        }
        return outcomes;
    }

    /** Carries out one node. */
    public NodeOutcome runOne(String name) throws SQLException {
        NodeOutcome outcome = run(name).get(name);
        if (outcome == null) {
            throw new AssertionError("there is no node " + name);
        }
        return outcome;
    }

    public NodeOutcome run(ManifestReader.Read read, Step step) throws SQLException {
        try (Session session = session()) {
            return runner(read).run(session, step, Set.of(), sql -> compiled.put(step.id(), sql));
        }
    }

    /** The node of an id, which must be there. */
    public Node node(ManifestReader.Read read, String id) {
        return Objects.requireNonNull(read.manifest().nodes().get(id), id);
    }

    public Manifest manifest() {
        return read().manifest();
    }

    public Session session() throws SQLException {
        Connection connection = warehouse.connection(Role.MODELS);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET timezone = 'UTC'");
        }
        return new Session(connection, Connection::close);
    }

    /** A connection of those who read what is built. */
    public Connection reader() throws SQLException {
        return warehouse.connection(Role.READER);
    }

    public List<String> warnings() {
        return warnings;
    }

    public List<String> said() {
        return said;
    }

    public String compiled(String id) {
        return compiled.getOrDefault(id, "");
    }

    /** Rows of a query, with a bar between the values. */
    public List<String> query(String sql) throws SQLException {
        try (Connection connection = warehouse.connection(Role.MODELS);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.add(rows.getString(i));
                }
                values.add(String.join("|", row.stream().map(String::valueOf).toList()));
            }
            return values;
        }
    }

    public ProjectStage execute(String sql) throws SQLException {
        warehouse.execute(Role.MODELS, sql);
        return this;
    }

    /** Runs statements as the owner of the warehouse, who may make roles. */
    public ProjectStage asOwner(String sql) throws SQLException {
        try (Connection connection = warehouse.ownerConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return this;
    }
}
