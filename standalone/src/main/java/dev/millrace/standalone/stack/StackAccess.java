package dev.millrace.standalone.stack;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.embedded.postgres.EmbeddedPostgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/** How to reach a running stack: addresses, and the tokens of its owner. */
public final class StackAccess {

    static final String DATABASE = "warehouse";

    private final DataDirectory data;
    private final Ports ports;
    private final Secrets secrets;
    private final OperatorTokens tokens;

    StackAccess(DataDirectory data, Ports ports, Secrets secrets, Clock clock) {
        this.data = data;
        this.ports = ports;
        this.secrets = secrets;
        this.tokens = new OperatorTokens(secrets.operatorsJwt(), clock);
    }

    /**
     * The access to the stack that runs in this data directory.
     *
     * @throws IOException when none does
     */
    public static StackAccess ofRunning(Path data, Clock clock) throws IOException {
        Path root = data.toAbsolutePath().normalize();
        Ports ports = RunningStack.ports(root);
        DataDirectory directory = new DataDirectory(root);
        Path secrets = directory.secrets();
        if (!Files.isReadable(secrets)) {
            throw new IOException("cannot read " + secrets + ": run this as the stack's owner.");
        }
        return new StackAccess(directory, ports, Secrets.loadOrCreate(secrets), clock);
    }

    /** Whether one runs there. */
    public static boolean isRunning(Path data) throws IOException {
        return RunningStack.isRunning(data.toAbsolutePath().normalize());
    }

    public String ingestionUrl() {
        return http(ports.ingestion());
    }

    public String transformUrl() {
        return http(ports.transform());
    }

    public String servingUrl() {
        return http(ports.serving());
    }

    public String kafkaBootstrap() {
        return "127.0.0.1:" + ports.kafka();
    }

    /** Of the read-only role that sees sources and models; for psql and the like. */
    public String warehouseUrl() {
        return "postgresql://%s:%s@127.0.0.1:%d/%s"
                .formatted(
                        Role.READER.roleName(),
                        secrets.password(Role.READER),
                        ports.postgres(),
                        DATABASE);
    }

    public String warehouseJdbcUrl() {
        return jdbcUrl(ports);
    }

    static String jdbcUrl(Ports ports) {
        return "jdbc:postgresql://127.0.0.1:" + ports.postgres() + "/" + DATABASE;
    }

    /** A connection as the owner of the warehouse and its roles. */
    public Connection warehouseAsOwner() throws IOException, SQLException {
        Connection connection =
                EmbeddedPostgres.connect(data.postgres(), ports.postgres(), DATABASE);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE " + PostgresComponent.OWNER);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    public String warehouseUser() {
        return Role.READER.roleName();
    }

    public String warehousePassword() {
        return secrets.password(Role.READER);
    }

    /** The role that builds models. */
    public String modelsUser() {
        return Role.MODELS.roleName();
    }

    public String modelsPassword() {
        return secrets.password(Role.MODELS);
    }

    /** Reads everything on serving's doors, and the operators' doors of all services. */
    public String servingToken() {
        return tokens.issue("reader");
    }

    /** May do everything on the operators' doors of all services. */
    public String operatorToken() {
        return tokens.issue("admin");
    }

    /** The same as shell variables, in the order in which {@code ./millrace env} prints them. */
    public Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("INGESTION_URL", ingestionUrl());
        variables.put("TRANSFORM_URL", transformUrl());
        variables.put("SERVING_URL", servingUrl());
        variables.put("KAFKA_BOOTSTRAP", kafkaBootstrap());
        variables.put("WAREHOUSE_URL", warehouseUrl());
        variables.put("SERVING_TOKEN", servingToken());
        variables.put("OPERATOR_TOKEN", operatorToken());
        return variables;
    }

    private static String http(int port) {
        return "http://127.0.0.1:" + port;
    }
}
