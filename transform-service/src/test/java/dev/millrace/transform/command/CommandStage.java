package dev.millrace.transform.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A directory with a dbt project, a warehouse to build it in, and the command line. */
final class CommandStage {

    final Path directory;
    private final TestWarehouse warehouse = TestWarehouse.create();
    private final List<RunningStack.BuildRequest> asked = new ArrayList<>();
    private final Map<String, String> variables = new HashMap<>(System.getenv());
    private boolean stackRuns;
    private String program = "as it is built";
    private StringWriter out = new StringWriter();
    private StringWriter err = new StringWriter();

    CommandStage(Path directory) {
        this.directory = directory;
        file("dbt_project.yml", "name: shop\nprofile: shop\n");
    }

    /** A project with a seed, two models and tests of them. */
    CommandStage shop() {
        return file("seeds/raw_orders.csv", "id,amount\n1,10\n2,20\n3,30\n")
                .file("models/stg_orders.sql", "select id, amount from {{ ref('raw_orders') }}")
                .file(
                        "models/revenue.sql",
                        "{{ config(materialized='table') }}\n"
                                + "select sum(amount) as total from {{ ref('stg_orders') }}")
                .file(
                        "models/schema.yml",
                        """
                        models:
                          - name: stg_orders
                            columns:
                              - name: id
                                data_tests: [unique, not_null]
                        """);
    }

    CommandStage file(String path, String text) {
        try {
            Path file = directory.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    CommandStage variable(String name, String value) {
        variables.put(name, value);
        return this;
    }

    /** From now on it is another build of Millrace. */
    CommandStage program(String name) {
        program = name;
        return this;
    }

    /** From now on a stack runs on this machine, whose warehouse this is. */
    CommandStage stack() {
        stackRuns = true;
        return this;
    }

    /** Runs a command on the project in the warehouse. */
    int run(String command, String... options) {
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        arguments.addAll(List.of("--project", directory.toString(), "--url", url()));
        arguments.addAll(List.of(options));
        return plainly(arguments.toArray(String[]::new));
    }

    /** Runs a command with nothing but these arguments. */
    int plainly(String... arguments) {
        out = new StringWriter();
        err = new StringWriter();
        CommandLine line = new CommandLine(new Root());
        ModelsApplication.addTo(
                line,
                new Surroundings(
                        variables,
                        directory.resolve("home"),
                        new Stack(),
                        Clock.systemUTC(),
                        Optional.of(program)));
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    String url() {
        return warehouse.url().replaceFirst("^jdbc:", "").replaceFirst("\\?.*", "")
                + "?user="
                + warehouse.username(Role.MODELS)
                + "&password="
                + password();
    }

    String jdbcUrl() {
        return warehouse.url();
    }

    String password() {
        return warehouse.password(Role.MODELS);
    }

    /** All that was written to standard output. */
    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }

    /** Lines of the output without the time before them. */
    List<String> lines() {
        return out().lines()
                .map(line -> line.replaceFirst("^\\d\\d:\\d\\d:\\d\\d {2}", ""))
                .toList();
    }

    /** What the command asked of the stack. */
    List<RunningStack.BuildRequest> asked() {
        return asked;
    }

    /** An artifact of the last run. */
    JsonNode artifact(String name) {
        try {
            return JsonMapper.shared()
                    .readTree(Files.readAllBytes(directory.resolve("target").resolve(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first value of a query. */
    @Nullable String value(String sql) {
        try (Connection connection = warehouse.connection(Role.MODELS);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    void execute(String sql) {
        try {
            warehouse.execute(Role.MODELS, sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Command(name = "millrace")
    private static final class Root {}

    private final class Stack implements RunningStack {

        @Override
        public Optional<Warehouse> warehouse(@Nullable Path data) {
            return stackRuns
                    ? Optional.of(
                            new Warehouse(
                                    jdbcUrl().replaceFirst("\\?.*", ""),
                                    warehouse.username(Role.MODELS),
                                    password()))
                    : Optional.empty();
        }

        @Override
        public boolean build(BuildRequest request, PrintWriter told) {
            asked.add(request);
            told.println("run 1 succeeded");
            return true;
        }
    }
}
