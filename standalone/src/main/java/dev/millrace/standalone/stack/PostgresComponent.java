package dev.millrace.standalone.stack;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.contracts.warehouse.WarehouseRoles;
import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.embedded.postgres.PostgresSettings;
import dev.millrace.embedded.process.ChildProcess;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.function.Consumer;

/** PostgreSQL with the warehouse's database and its roles. */
final class PostgresComponent implements Component {

    /** Owns the database and its roles; a superuser does nothing but create it. */
    static final String OWNER = "millrace_owner";

    private final PostgresSettings settings;
    private final Secrets secrets;

    PostgresComponent(DataDirectory data, Ports ports, Secrets secrets) {
        this.secrets = secrets;
        this.settings =
                new PostgresSettings(
                        data.postgres(),
                        Path.of(System.getProperty("user.home"), ".cache", "millrace"),
                        ports.postgres(),
                        true,
                        Map.of("shared_buffers", "256MB", "maintenance_work_mem", "128MB"));
    }

    @Override
    public String name() {
        return "postgres";
    }

    @Override
    public String address() {
        return "127.0.0.1:" + settings.port();
    }

    @Override
    public Running start(Consumer<ChildProcess> spawned) throws IOException, InterruptedException {
        EmbeddedPostgres server = EmbeddedPostgres.start(settings);
        try {
            spawned.accept(server.process());
            prepareWarehouse(server);
        } catch (SQLException e) {
            server.close();
            throw new IOException("cannot prepare the warehouse: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        return new RunningServer(server);
    }

    private void prepareWarehouse(EmbeddedPostgres server) throws SQLException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            if (!exists(connection, "SELECT FROM pg_roles WHERE rolname = ?", OWNER)) {
                statement.execute("CREATE ROLE " + OWNER + " NOLOGIN CREATEROLE");
            }
            if (!exists(
                    connection,
                    "SELECT FROM pg_database WHERE datname = ?",
                    StackAccess.DATABASE)) {
                statement.execute("CREATE DATABASE " + StackAccess.DATABASE + " OWNER " + OWNER);
            }
        }
        try (Connection connection = server.connect(StackAccess.DATABASE);
                Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE " + OWNER);
            statement.execute(WarehouseRoles.script());
            for (Role role : Role.values()) {
                // The password is base64, it needs no quoting.
                statement.execute(
                        "ALTER ROLE %s PASSWORD '%s'"
                                .formatted(role.roleName(), secrets.password(role)));
            }
            statement.execute(
                    "ALTER ROLE %s PASSWORD '%s'"
                            .formatted(WarehouseRoles.ANSWERS, secrets.password(Role.READER)));
            try (PreparedStatement secret =
                    connection.prepareStatement(WarehouseRoles.SET_TENANT_SECRET)) {
                secret.setString(1, secrets.tenants());
                secret.execute();
            }
        }
    }

    private static boolean exists(Connection connection, String query, String name)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private record RunningServer(EmbeddedPostgres server) implements Running {

        @Override
        public ChildProcess process() {
            return server.process();
        }

        @Override
        public void stop() {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
