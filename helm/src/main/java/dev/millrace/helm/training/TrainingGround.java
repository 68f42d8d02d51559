package dev.millrace.helm.training;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.contracts.warehouse.WarehouseRoles;
import dev.millrace.embedded.kafka.EmbeddedKafka;
import dev.millrace.embedded.kafka.KafkaSettings;
import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.embedded.postgres.PostgresSettings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/** A PostgreSQL, a Kafka and a small project for a service to start on; gone when closed. */
final class TrainingGround implements AutoCloseable {

    private static final String DATABASE = "warehouse";

    /** Of source {@code web}, for this run only. */
    static final String WRITE_KEY = UUID.randomUUID().toString();

    private final Path directory;
    private final EmbeddedPostgres postgres;
    private final EmbeddedKafka kafka;
    private final String password = UUID.randomUUID().toString();

    private TrainingGround(Path directory, EmbeddedPostgres postgres, EmbeddedKafka kafka) {
        this.directory = directory;
        this.postgres = postgres;
        this.kafka = kafka;
    }

    static TrainingGround open() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("training");
        // PostgreSQL does not run as root, and so as somebody who must get through here.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        EmbeddedPostgres postgres =
                EmbeddedPostgres.start(
                        PostgresSettings.forTests(
                                directory.resolve("postgres"), directory.resolve("binaries")));
        EmbeddedKafka kafka = EmbeddedKafka.start(KafkaSettings.of(directory.resolve("kafka"), 0));
        TrainingGround ground = new TrainingGround(directory, postgres, kafka);
        ground.createWarehouse();
        ground.writeProject();
        return ground;
    }

    private void createWarehouse() throws IOException {
        try {
            execute("postgres", "CREATE DATABASE " + DATABASE);
            execute(DATABASE, WarehouseRoles.script());
            for (Role role : Role.values()) {
                execute(
                        DATABASE,
                        "ALTER ROLE %s PASSWORD '%s'".formatted(role.roleName(), password));
            }
        } catch (SQLException e) {
            throw new IOException("cannot make the warehouse to train on: " + e.getMessage(), e);
        }
    }

    private void execute(String database, String sql) throws SQLException {
        try (Connection connection = postgres.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void writeProject() throws IOException {
        write("dbt_project.yml", "name: training\nversion: '1.0'\nmodel-paths: [models]\n");
        write(
                "sources/web.yml",
                """
                sources:
                  - {name: web, owner: training@millrace.example, type: segment, write_key: "${WEB_WRITE_KEY}"}
                """);
        write("models/one.sql", "{{ config(materialized='table') }}\nselect 1 as one\n");
        write(
                "model/cubes/one.yml",
                """
                cubes:
                  - name: one
                    sql_table: analytics.one
                    measures:
                      - {name: count, type: count}
                    dimensions:
                      - {name: one, sql: one, type: number}
                """);
    }

    private void write(String path, String content) throws IOException {
        Path file = project().resolve(path);
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, content);
    }

    private Path project() {
        return directory.resolve("project");
    }

    /** What the chart and the Compose file set, for this ground. */
    Map<String, String> environment(TrainedService service) {
        Map<String, String> environment = new HashMap<>();
        environment.put("MILLRACE_PROJECT_DIR", project().toString());
        environment.put("SPRING_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        environment.put("MILLRACE_ACCESS_JWTSECRET", UUID.randomUUID().toString());
        environment.put("MILLRACE_SERVING_APISECRET", UUID.randomUUID().toString());
        environment.put("MILLRACE_SERVING_TENANTSECRET", UUID.randomUUID().toString());
        environment.put("WEB_WRITE_KEY", WRITE_KEY);
        service.roles().forEach((prefix, role) -> connect(environment, prefix, role));
        return environment;
    }

    private void connect(Map<String, String> environment, String prefix, Role role) {
        environment.put(prefix + "_URL", postgres.url(DATABASE));
        environment.put(prefix + "_USERNAME", role.roleName());
        environment.put(prefix + "_PASSWORD", password);
    }

    @Override
    public void close() throws IOException {
        try {
            kafka.close();
        } finally {
            postgres.close();
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(directory)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }
}
