package dev.millrace.transform.materialization;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.model.profile.WarehouseAccess;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A warehouse of its own to build in, alone or while somebody else is at it. */
final class BuildStage implements AutoCloseable {

    static final RelationName ORDERS = new RelationName("analytics", "orders");
    static final RelationName DAILY = new RelationName("analytics", "daily");

    private final TestWarehouse warehouse = TestWarehouse.create();
    private final Materializer materializer = new Materializer(Duration.ofSeconds(2));
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    Built table(RelationName name, String sql) throws Exception {
        return build(Build.Kind.TABLE, name, sql, List.of(), List.of());
    }

    Built view(RelationName name, String sql) throws Exception {
        return build(Build.Kind.VIEW, name, sql, List.of(), List.of());
    }

    Built build(
            Build.Kind kind,
            RelationName name,
            String sql,
            List<Build.Hook> before,
            List<Build.Hook> after)
            throws Exception {
        try (Session session = session()) {
            return materializer.build(
                    session,
                    new Build(
                            name,
                            kind,
                            sql,
                            BuildStage::statement,
                            Build.Options.NONE,
                            before,
                            after,
                            Set.of()));
        }
    }

    /** What makes a relation, without any macros. */
    static String statement(RelationName name, Build.Kind kind, String sql) {
        return "CREATE "
                + kind.name().replace('_', ' ')
                + " "
                + name.quoted()
                + " AS (\n"
                + sql
                + "\n)";
    }

    /** Builds in the background. */
    CompletableFuture<Built> building(RelationName name, String sql, Build.Hook... before) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return build(Build.Kind.TABLE, name, sql, List.of(before), List.of());
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                },
                threads);
    }

    /** Waits until some statement that begins like this waits for a lock. */
    void awaitBlocked(String statement) throws SQLException {
        while (query(
                        "select 1 from pg_stat_activity where datname = current_database() and"
                                + " wait_event_type = 'Lock' and query like '"
                                + statement
                                + "%'")
                .isEmpty()) {
            Thread.onSpinWait();
        }
    }

    Session session() throws SQLException {
        return new Session(warehouse.connection(Role.MODELS), Connection::close);
    }

    /** A session as commands have them: the server keeps what it has parsed. */
    Session preparingSession() throws SQLException {
        return new Session(
                WarehouseAccess.of(
                                warehouse.url(),
                                warehouse.username(Role.MODELS),
                                warehouse.password(Role.MODELS))
                        .connect(),
                Connection::close);
    }

    /** Somebody's transaction that has begun with a statement, and is forgotten. */
    Connection open(Role role, String statement) throws SQLException {
        Connection connection = warehouse.connection(role);
        connection.setAutoCommit(false);
        try (Statement begun = connection.createStatement()) {
            begun.execute(statement);
        }
        return connection;
    }

    List<String> query(String sql) throws SQLException {
        try (Connection connection = warehouse.connection(Role.MODELS);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    void execute(String sql) throws SQLException {
        warehouse.execute(Role.MODELS, sql);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
