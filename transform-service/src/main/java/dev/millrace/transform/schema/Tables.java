package dev.millrace.transform.schema;

import dev.millrace.contracts.event.SchemaChanged.Change;
import dev.millrace.contracts.project.source.PartitionBy;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.contracts.warehouse.RowColumns;
import dev.millrace.contracts.warehouse.SqlText;
import dev.millrace.transform.publish.Outbox;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

import javax.sql.DataSource;

/**
 * The tables of the sources. They change in short transactions of their own, which never wait long
 * for a lock, as everybody who reads the table would wait behind them.
 */
@Component
public class Tables {

    private static final Logger log = LoggerFactory.getLogger(Tables.class);

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(300);
    private static final Duration INDEX_TIMEOUT = Duration.ofSeconds(5);
    private static final long MAX_PAUSE_MILLIS = 1_000;
    private static final String READERS = Role.MODELS.roleName() + ", " + Role.READER.roleName();

    private final DataSource database;
    private final Clock clock;
    private final SchemaNews news;
    private final Map<Relation, Table> known = new ConcurrentHashMap<>();
    private final Map<Relation, String> separated = new ConcurrentHashMap<>();

    public Tables(DataSource database, Clock clock, Outbox outbox, Dependents dependents) {
        this.database = database;
        this.clock = clock;
        this.news = new SchemaNews(outbox, dependents);
    }

    /** The table as it was last seen; a column that somebody else added can be missing. */
    public Optional<Table> find(Relation relation) throws SQLException {
        Table table = known.get(relation);
        if (table != null) {
            return Optional.of(table);
        }
        try (Connection connection = database.getConnection()) {
            Optional<Table> read = read(connection, relation);
            read.ifPresent(found -> known.put(relation, found));
            return read;
        }
    }

    /** Whether a table could not be changed as others use it right now. */
    public static boolean isLockMissed(SQLException e) {
        return LOCK_NOT_AVAILABLE.equals(e.getSQLState());
    }

    /** How many tables there are in a schema. */
    public int count(String schema) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid ="
                                        + " c.relnamespace WHERE n.nspname = ? AND c.relkind IN"
                                        + " ('r', 'p') AND NOT c.relispartition")) {
            select.setString(1, schema);
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    /** The valid indexes of a table whose names begin in a certain way. */
    public Set<String> indexes(Relation relation, String prefix) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement(
                                """
                                SELECT i.relname FROM pg_index x
                                JOIN pg_class i ON i.oid = x.indexrelid
                                JOIN pg_class c ON c.oid = x.indrelid
                                JOIN pg_namespace n ON n.oid = c.relnamespace
                                WHERE n.nspname = ? AND c.relname = ? AND x.indisvalid
                                  AND starts_with(i.relname, ?)
                                """)) {
            select.setString(1, relation.schema());
            select.setString(2, relation.name());
            select.setString(3, prefix);
            Set<String> names = new TreeSet<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
            return names;
        }
    }

    /**
     * Gives a table a unique index, unless it has one of that name.
     *
     * @throws SQLException also when a {@linkplain #isLockMissed lock could not be had}, or it took
     *     too long, as writers wait meanwhile
     */
    public void createUniqueIndex(Relation relation, String index, List<String> columns)
            throws SQLException {
        change(
                relation,
                "CREATE UNIQUE INDEX IF NOT EXISTS %s ON %s (%s)"
                        .formatted(
                                Relation.quote(index),
                                relation.quoted(),
                                columns.stream()
                                        .map(Relation::quote)
                                        .collect(Collectors.joining(", "))));
    }

    /** Takes an index from a table. */
    public void dropIndex(Relation relation, String index) throws SQLException {
        change(
                relation,
                "DROP INDEX IF EXISTS %s.%s"
                        .formatted(Relation.quote(relation.schema()), Relation.quote(index)));
    }

    private void change(Relation relation, String command) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute(
                        "SET LOCAL lock_timeout = %d; SET LOCAL statement_timeout = %d"
                                .formatted(LOCK_TIMEOUT.toMillis(), INDEX_TIMEOUT.toMillis()));
                lock(connection, relation.qualified());
                statement.execute(command);
                connection.commit();
                log.info("{}: {}", relation, command);
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    /** Forgets what was seen of a table, as it turned out to be different. */
    public void forget(Relation relation) {
        known.remove(relation);
        separated.remove(relation);
    }

    /**
     * Creates the table if there is none, and adds the columns that it does not have, as far as
     * there is room.
     *
     * @param layout what else the project says of the table
     * @param patience how long to try for a lock that others hold
     * @throws SQLException also when a {@linkplain #isLockMissed lock could not be had} in time:
     *     nothing has changed then
     */
    public Table evolve(
            Relation relation,
            TableKind kind,
            TableLayout layout,
            List<NeededColumn> needed,
            RecordPosition first,
            String revision,
            Duration patience)
            throws SQLException {
        return evolve(relation, kind, layout, needed, first, revision, patience, null);
    }

    /** Makes a change that somebody has decided on, and what goes along with it, or neither. */
    public Table make(
            WantedChange wanted,
            TableLayout layout,
            String revision,
            Duration patience,
            Verdict verdict)
            throws SQLException {
        return evolve(
                wanted.key().relation(),
                wanted.kind(),
                layout,
                wanted.columns(),
                wanted.first(),
                revision,
                patience,
                verdict);
    }

    private Table evolve(
            Relation relation,
            TableKind kind,
            TableLayout layout,
            List<NeededColumn> needed,
            RecordPosition first,
            String revision,
            Duration patience,
            @Nullable Verdict verdict)
            throws SQLException {
        long deadline = System.nanoTime() + patience.toNanos();
        for (int attempt = 0; ; attempt++) {
            try {
                Table table = tryEvolve(relation, kind, layout, needed, first, revision, verdict);
                known.put(relation, table);
                return table;
            } catch (SQLException e) {
                if (!isLockMissed(e) || System.nanoTime() > deadline) {
                    throw e;
                }
                log.info("{} is in use and cannot change yet; trying again", relation);
                pause(attempt);
            }
        }
    }

    private Table tryEvolve(
            Relation relation,
            TableKind kind,
            TableLayout layout,
            List<NeededColumn> needed,
            RecordPosition first,
            String revision,
            @Nullable Verdict verdict)
            throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL lock_timeout = " + LOCK_TIMEOUT.toMillis());
                lock(connection, relation.schema());
                lock(connection, relation.qualified());
                List<SchemaChanges.Entry> entries = new ArrayList<>();
                Table before =
                        read(connection, relation).orElseGet(() -> new Table(relation, Map.of()));
                List<String> commands = new ArrayList<>();
                boolean creates = false;
                if (before.columns().isEmpty()) {
                    commands.addAll(creation(relation, kind, layout.partition()));
                    creates = true;
                    entries.add(
                            new SchemaChanges.Entry(
                                    clock.instant(), Change.CREATE_TABLE, null, first));
                }
                List<NeededColumn> added = addable(before, kind, needed, first);
                if (!added.isEmpty()) {
                    commands.add(addition(relation, added));
                }
                if (kind.isChanged()) {
                    commands.addAll(keyIndexes(relation, kind, added, creates));
                }
                String tenant = layout.tenant();
                if (tenant != null && (creates || has(added, tenant))) {
                    boolean there = before.type(tenant) != null || has(added, tenant);
                    commands.add(separation(relation, there ? tenant : null));
                }
                for (NeededColumn column : added) {
                    entries.add(
                            new SchemaChanges.Entry(
                                    clock.instant(), column.change(), column, column.first()));
                }
                for (String command : commands) {
                    statement.execute(command);
                }
                SchemaChanges.record(connection, news, relation, revision, entries, verdict);
                if (verdict != null) {
                    // After the table's lock, as those who land take the two in this order.
                    verdict.along().happen(connection);
                }
                Table after = read(connection, relation).orElseThrow();
                connection.commit();
                tell(relation, before, added);
                return after;
            } catch (SQLException | RuntimeException e) {
                try {
                    connection.rollback();
                } catch (SQLException broken) {
                    e.addSuppressed(broken);
                }
                throw e;
            }
        }
    }

    private static boolean has(List<NeededColumn> columns, String name) {
        return columns.stream().anyMatch(column -> column.name().equals(name));
    }

    /**
     * The statement by which readers see rows of their tenant only, and none as long as no column
     * names it.
     */
    private static String separation(Relation relation, @Nullable String tenant) {
        String table = SqlText.literal(relation.quoted());
        return tenant == null
                ? "SELECT millrace.withhold(%s)".formatted(table)
                : "SELECT millrace.separate_tenants(%s, %s)"
                        .formatted(table, SqlText.literal(tenant));
    }

    /**
     * Has readers see rows of a table by tenant, also of one that was there before the project said
     * so. Where its lock cannot be had, that is done another time.
     *
     * @param tenant the column that names the tenant
     */
    public void separateTenants(Relation relation, String tenant) throws SQLException {
        if (tenant.equals(separated.get(relation))) {
            return;
        }
        Table table = find(relation).orElse(null);
        if (table == null) {
            return;
        }
        try {
            change(relation, separation(relation, table.type(tenant) == null ? null : tenant));
            separated.put(relation, tenant);
        } catch (SQLException e) {
            if (!isLockMissed(e)) {
                throw e;
            }
            log.info("{} is in use, and cannot be read by tenant yet; trying again", relation);
        }
    }

    private static void tell(Relation relation, Table before, List<NeededColumn> added) {
        if (before.columns().isEmpty()) {
            log.info("Created {} with {} columns of its own", relation, added.size());
        } else if (!added.isEmpty()) {
            log.info(
                    "Added to {}: {}",
                    relation,
                    added.stream().map(c -> c.name() + " " + c.type().sql()).toList());
        }
    }

    /** Landers that change the same table wait for each other here, not in a circle. */
    private static void lock(Connection connection, String what) throws SQLException {
        try (PreparedStatement lock =
                connection.prepareStatement(
                        "SELECT pg_advisory_xact_lock(hashtextextended('millrace:' || ?, 0))")) {
            lock.setString(1, what);
            lock.execute();
        }
    }

    private static List<NeededColumn> addable(
            Table before, TableKind kind, List<NeededColumn> needed, RecordPosition first) {
        Map<String, NeededColumn> missing = new LinkedHashMap<>();
        for (NeededColumn column : needed) {
            if (before.type(column.name()) == null) {
                missing.putIfAbsent(column.name(), column);
            }
        }
        int taken = before.columns().isEmpty() ? baseColumns(kind).size() : before.columns().size();
        boolean hasExtra = before.columns().isEmpty() || before.type(Table.EXTRA) != null;
        int room = Math.max(0, Table.MAX_COLUMNS - taken - (hasExtra ? 0 : 1));
        if (missing.size() <= room) {
            return List.copyOf(missing.values());
        }
        List<NeededColumn> added = new ArrayList<>(missing.values()).subList(0, room);
        if (!hasExtra) {
            added.add(new NeededColumn(Table.EXTRA, ColumnType.JSONB, "", first));
        }
        return added;
    }

    private static Map<String, String> baseColumns(TableKind kind) {
        Map<String, String> columns = new LinkedHashMap<>();
        // By bytes, as it is an identity and not a word: also what the sorting of rows relies on.
        columns.put(RowColumns.ID, "text COLLATE \"C\" NOT NULL");
        columns.put(RowColumns.EVENT_AT, "timestamptz NOT NULL");
        columns.put(RowColumns.INGESTED_AT, "timestamptz NOT NULL");
        columns.put(RowColumns.LOADED_AT, "timestamptz NOT NULL");
        // From the start: it is needed most when the table cannot be changed.
        columns.put(Table.EXTRA, "jsonb");
        if (kind == TableKind.MERGED) {
            columns.put(Table.COLUMN_AT, "jsonb NOT NULL");
        }
        if (kind.isChanged()) {
            columns.put(Table.POSITION, "bigint[] NOT NULL");
            columns.put(Table.COLUMN_POSITION, "jsonb");
        }
        if (kind == TableKind.KEYED_SOFTLY) {
            columns.put(Table.DELETED_AT, "timestamptz");
            columns.put(Table.DELETED_POSITION, "bigint[]");
        }
        if (kind == TableKind.REPLACED) {
            columns.put(Table.LOAD, "text COLLATE \"C\" NOT NULL");
        }
        if (kind == TableKind.VERSIONED) {
            columns.put(Table.KEY, "text COLLATE \"C\" NOT NULL");
            columns.put(Table.VALID_FROM, "timestamptz NOT NULL");
            columns.put(Table.VALID_TO, "timestamptz");
        }
        return columns;
    }

    /** What finds rows by their key. */
    private static List<String> keyIndexes(
            Relation relation, TableKind kind, List<NeededColumn> added, boolean creates) {
        List<String> commands = new ArrayList<>();
        if (creates && kind == TableKind.VERSIONED) {
            commands.add(
                    "CREATE INDEX ON %s (%s, %s)"
                            .formatted(
                                    relation.quoted(),
                                    Relation.quote(Table.KEY),
                                    Relation.quote(Table.POSITION)));
        }
        String key =
                added.stream()
                        .filter(NeededColumn::key)
                        .map(column -> Relation.quote(column.name()))
                        .collect(Collectors.joining(", "));
        if (!key.isEmpty()) {
            commands.add(
                    "CREATE %s INDEX ON %s (%s)"
                            .formatted(
                                    kind == TableKind.VERSIONED ? "" : "UNIQUE",
                                    relation.quoted(),
                                    key));
        }
        return commands;
    }

    private static String storage(TableKind kind, @Nullable PartitionBy partition) {
        if (partition != null) {
            return " PARTITION BY RANGE (%s)".formatted(Relation.quote(RowColumns.EVENT_AT));
        }
        // Room for the next version of a row beside it.
        return kind.isChanged() ? " WITH (fillfactor = 80)" : "";
    }

    private List<String> creation(
            Relation relation, TableKind kind, @Nullable PartitionBy partition) {
        String schema = Relation.quote(relation.schema());
        List<String> columns = new ArrayList<>();
        baseColumns(kind).forEach((name, type) -> columns.add(Relation.quote(name) + " " + type));
        List<String> commands = new ArrayList<>();
        commands.add("CREATE SCHEMA IF NOT EXISTS " + schema);
        commands.add("GRANT USAGE ON SCHEMA " + schema + " TO " + READERS);
        commands.add(
                "CREATE TABLE %s (%s)%s"
                        .formatted(
                                relation.quoted(),
                                String.join(", ", columns),
                                storage(kind, partition)));
        commands.add("GRANT SELECT ON TABLE " + relation.quoted() + " TO " + READERS);
        if (!kind.isOfRecords()) {
            commands.add(
                    "CREATE UNIQUE INDEX ON %s (%s)"
                            .formatted(relation.quoted(), Relation.quote(RowColumns.ID)));
        } else {
            commands.add(
                    "CREATE INDEX ON %s USING brin (%s) WITH (autosummarize = on)"
                            .formatted(relation.quoted(), Relation.quote(RowColumns.EVENT_AT)));
        }
        if (partition != null) {
            commands.addAll(RangePartitions.begin(relation, partition, clock));
        }
        return commands;
    }

    private static String addition(Relation relation, List<NeededColumn> added) {
        return "ALTER TABLE %s %s"
                .formatted(
                        relation.quoted(),
                        String.join(
                                ", ",
                                added.stream()
                                        .map(
                                                column ->
                                                        "ADD COLUMN %s %s"
                                                                .formatted(
                                                                        Relation.quote(
                                                                                column.name()),
                                                                        column.type().sql()))
                                        .toList()));
    }

    private static Optional<Table> read(Connection connection, Relation relation)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT a.attname, CASE WHEN a.attgenerated = ''
                          THEN format_type(a.atttypid, NULL) ELSE 'generated' END
                        FROM pg_attribute a
                        JOIN pg_class c ON c.oid = a.attrelid
                        JOIN pg_namespace n ON n.oid = c.relnamespace
                        WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p')
                          AND a.attnum > 0 AND NOT a.attisdropped
                        ORDER BY a.attnum
                        """)) {
            select.setString(1, relation.schema());
            select.setString(2, relation.name());
            Map<String, ColumnType> columns = new LinkedHashMap<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    columns.put(rows.getString(1), ColumnType.parse(rows.getString(2)));
                }
            }
            return columns.isEmpty() ? Optional.empty() : Optional.of(new Table(relation, columns));
        }
    }

    private static void pause(int attempt) throws SQLException {
        long longest = Math.min(MAX_PAUSE_MILLIS, 20L << Math.min(attempt, 6));
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(longest / 2, longest + 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while waiting to change a table", e);
        }
    }
}
