package dev.millrace.test;

import com.zaxxer.hikari.HikariDataSource;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.contracts.warehouse.WarehouseRoles;
import dev.millrace.embedded.postgres.EmbeddedPostgres;

import org.postgresql.ds.PGSimpleDataSource;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

/**
 * A warehouse of a test's own: a fresh database on the PostgreSQL of this test JVM, with the roles
 * and schemas of production. Cheap enough (some 50 ms) for one per test class.
 */
public final class TestWarehouse {

    /** What tenants' tokens are signed with in every warehouse of a test. */
    public static final String TENANT_SECRET = "a secret of tenants' tokens for tests";

    /** The database's owner: may create roles, is no superuser. */
    private static final String OWNER = "millrace_owner";

    private static final int MOST_CONNECTIONS = 24;
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final String url;

    private TestWarehouse(String url) {
        this.url = url;
    }

    /** A new database with {@link WarehouseRoles#script()} applied by its owner. */
    public static TestWarehouse create() {
        return create(TestServers.postgres());
    }

    /** The same on another server. */
    static TestWarehouse create(EmbeddedPostgres server) {
        String database = "warehouse_" + NAMES.incrementAndGet();
        try {
            synchronized (TestWarehouse.class) {
                try (Connection connection = server.connect("postgres");
                        Statement statement = connection.createStatement()) {
                    statement.execute(
                            """
                            DO $$ BEGIN
                              IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%1$s') THEN
                                CREATE ROLE %1$s LOGIN CREATEROLE PASSWORD '%2$s';
                              END IF;
                            END $$\
                            """
                                    .formatted(OWNER, passwordOf(OWNER)));
                    statement.execute("CREATE DATABASE " + database + " OWNER " + OWNER);
                }
                TestWarehouse warehouse = new TestWarehouse(server.url(database));
                try (Connection connection = warehouse.ownerConnection();
                        Statement statement = connection.createStatement()) {
                    statement.execute(WarehouseRoles.script());
                    for (Role role : Role.values()) {
                        statement.execute(
                                "ALTER ROLE %s PASSWORD '%s'"
                                        .formatted(role.roleName(), passwordOf(role.roleName())));
                    }
                    // Serving's own login has the password of the role that it belongs to.
                    statement.execute(
                            "ALTER ROLE %s PASSWORD '%s'"
                                    .formatted(
                                            WarehouseRoles.ANSWERS,
                                            passwordOf(Role.READER.roleName())));
                    try (PreparedStatement secret =
                            connection.prepareStatement(WarehouseRoles.SET_TENANT_SECRET)) {
                        secret.setString(1, TENANT_SECRET);
                        secret.execute();
                    }
                }
                return warehouse;
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot create a warehouse: " + e.getMessage(), e);
        }
    }

    /** The JDBC URL, the same for every role. */
    public String url() {
        return url;
    }

    public String username(Role role) {
        return role.roleName();
    }

    public String password(Role role) {
        return passwordOf(role.roleName());
    }

    /** Different for each role, so that a test notices when one is used in another's place. */
    private static String passwordOf(String roleName) {
        return roleName + "-for-tests";
    }

    /** A connection as this role. */
    public Connection connection(Role role) throws SQLException {
        return DriverManager.getConnection(url(), username(role), password(role));
    }

    /** A connection as the database's owner, who made the roles. */
    public Connection ownerConnection() throws SQLException {
        return DriverManager.getConnection(url(), OWNER, passwordOf(OWNER));
    }

    /** Connections as this role, not pooled. */
    public DataSource dataSource(Role role) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(url());
        source.setUser(username(role));
        source.setPassword(password(role));
        return source;
    }

    /**
     * Connections as this role, pooled: one takes longer to open than most statements of a test to
     * run. None is opened before it is wanted.
     */
    public HikariDataSource pool(Role role) {
        HikariDataSource pool = new HikariDataSource();
        pool.setDataSource(dataSource(role));
        pool.setMinimumIdle(0);
        pool.setMaximumPoolSize(MOST_CONNECTIONS);
        return pool;
    }

    /** Runs statements as this role. */
    public void execute(Role role, String sql) throws SQLException {
        try (Connection connection = connection(role);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
