package dev.millrace.serving.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.millrace.serving.query.Reads.Keeping;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds what a transaction has read: PostgreSQL holds a lock on every relation that it touched,
 * through views and functions alike, until the transaction ends.
 */
@Component
class ReadSet {

    /** What is told of a relation {@code c} and its freshness {@code f}. */
    static final String COLUMNS =
            """
            c.oid, c.name, c.relfilenode,
              coalesce((SELECT max(r.xmin::text::bigint) FROM pg_rewrite r WHERE r.ev_class = c.oid), 0),
              c.relkind = 'v', f.version, f.changed_at, f.watermark, f.failed_checks\
            """;

    /** How many columns those are. */
    static final int COUNT = 9;

    /**
     * Both, for each row of {@code s} with the {@code oid} of one that is there.
     *
     * <p>Each relation by the indexes, which the planner would not take for the few dozen that it
     * guesses: it would read all of the catalogue, in which there may be thousands.
     */
    static final String FROM =
            """
              CROSS JOIN LATERAL (
                SELECT c.oid, n.nspname, c.relname, c.relkind, c.relfilenode,
                  (n.nspname || '.' || c.relname) COLLATE "default" AS name
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.oid = s.oid OFFSET 0) c
              LEFT JOIN LATERAL (
                SELECT * FROM transform.freshness f WHERE f.relation = c.name OFFSET 0) f ON true
            """;

    /** Schemas beside PostgreSQL's own of which nobody tells when they change. */
    private static final List<String> UNTOLD_SCHEMAS =
            List.of("information_schema", "transform", "millrace", "millrace_live");

    /**
     * All of them, in SQL. This service reads them itself, so that locks do not say whether a query
     * did.
     */
    private static final String UNTOLD =
            "('pg_catalog', '" + String.join("', '", UNTOLD_SCHEMAS) + "')";

    private static final String LOCKED =
            "SELECT "
                    + COLUMNS
                    + """
                     FROM (
                      SELECT DISTINCT coalesce(pg_partition_root(l.relation), l.relation) AS oid
                      FROM pg_locks l
                      WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation') s
                    """
                    + FROM
                    + "WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND c.nspname NOT IN "
                    + UNTOLD
                    + """
                      AND (c.nspname, c.relname) <> ('millrace_rollups', 'state');
                    ROLLBACK
                    """;

    /**
     * Which transactions of which server are over for a statement: as long as it is the same, so is
     * all it sees. Of a standby it does not name all, and is another each time.
     */
    private static final String SNAPSHOT =
            "pg_current_snapshot()::text || pg_postmaster_start_time() || CASE WHEN"
                    + " pg_is_in_recovery() THEN clock_timestamp()::text ELSE '' END";

    private static final String SEEN =
            "SELECT " + COLUMNS + ", " + SNAPSHOT + " FROM unnest(?::oid[]) s (oid)" + FROM;

    /** Words of SQL that mean another thing at another time. */
    private static final Pattern TIME =
            Pattern.compile(
                    "\\b(current_date|current_time|current_timestamp|localtime|localtimestamp)\\b"
                        + "|\\b(now|transaction_timestamp|statement_timestamp)\\s*\\(|\\bage\\s*\\([^,]*\\)"
                        + "|'(now|today|tomorrow|yesterday)'");

    /** What gives another value each time, or one that nobody knows. */
    private static final Pattern CHANCE =
            Pattern.compile(
                    "\\b(random|random_normal|clock_timestamp|timeofday|gen_random_uuid|uuidv[47]|nextval|currval"
                        + "|lastval|setval|txid_\\w+|current_setting|dblink\\w*|inet_\\w+|pg_\\w+"
                        + "|has_\\w+_privilege|\\w+_description|to_reg\\w+)\\s*\\(");

    /** What is left of a schema's name that {@link #QUALIFIED} does not find. */
    private static final Pattern ODD =
            Pattern.compile(
                    "\\b("
                            + String.join("|", UNTOLD_SCHEMAS)
                            + ")\"?\\s*"
                            + "(/\\*|--|\\.\\s*(/\\*|--|\"[^\"]*[^\\p{L}\\p{N}_$\"]))");

    private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_$]*");
    private static final Pattern QUALIFIED =
            Pattern.compile(
                    "([\\p{L}_][\\p{L}\\p{N}_$]*)\"?\\s*\\.\\s*\"?([\\p{L}_][\\p{L}\\p{N}_$]*)");
    private static final Pattern CALL = Pattern.compile("\\b([a-z_][a-z0-9_$]*)\"?\\s*\\(");
    private static final int REMEMBERED = 2_000;

    private final Cache<List<String>, Keeping> keepings =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();
    private final ToldView freshness = new ToldView("transform", "freshness");

    /**
     * What the connection's transaction has read, and its end, in one round trip.
     *
     * @param statements its SQL
     * @param rollups tables for whose changes others stand
     */
    Reads endOf(Connection connection, List<String> statements, Set<Long> rollups)
            throws SQLException {
        if (!freshness.isThere(connection)) {
            connection.rollback();
            return Reads.UNKNOWN;
        }
        List<ReadRelation> relations = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(LOCKED)) {
            select.execute();
            try (ResultSet found = select.getResultSet()) {
                while (found.next()) {
                    relations.add(relation(found));
                }
            }
        }
        return new Reads(
                relations,
                // What is not told of here, such as PostgreSQL's own views, may change at any time.
                !relations.isEmpty()
                                && relations.stream()
                                        .allMatch(r -> rollups.contains(r.oid()) || r.isWatched())
                        ? keeping(connection, statements, relations)
                        : Keeping.NOT);
    }

    /**
     * Relations as one statement saw them.
     *
     * @param snapshot which transactions were over for it
     */
    record Seen(String snapshot, Map<Long, ReadRelation> relations) {

        static final Seen NOTHING = new Seen("", Map.of());

        Seen {
            relations = Map.copyOf(relations);
        }

        /** What was seen by both of two statements that saw the same. */
        Seen and(Seen other) {
            Map<Long, ReadRelation> all = new HashMap<>(relations);
            all.putAll(other.relations);
            return new Seen(snapshot, all);
        }
    }

    /** Relations as they are now, for a connection without a transaction; some may be gone. */
    Seen seen(Connection connection, Set<Long> oids) throws SQLException {
        Array asked = connection.createArrayOf("oid", oids.toArray());
        Map<Long, ReadRelation> relations = new HashMap<>();
        String snapshot = "";
        try (PreparedStatement select = connection.prepareStatement(SEEN)) {
            select.setArray(1, asked);
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    ReadRelation relation = relation(found);
                    relations.put(relation.oid(), relation);
                    snapshot = found.getString(COUNT + 1);
                }
            }
        }
        return new Seen(snapshot, relations);
    }

    /** Which transactions are over for a connection without one. */
    static String snapshot(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT " + SNAPSHOT);
                ResultSet found = select.executeQuery()) {
            found.next();
            return found.getString(1);
        }
    }

    /** The relation that the first columns of a row tell of. */
    static ReadRelation relation(ResultSet row) throws SQLException {
        long version = row.getLong(6);
        @Nullable Long counted = row.wasNull() ? null : version;
        Array failed = row.getArray(9);
        return new ReadRelation(
                row.getLong(1),
                row.getString(2),
                row.getLong(3),
                row.getLong(4),
                row.getBoolean(5),
                counted,
                instant(row.getTimestamp(7)),
                instant(row.getTimestamp(8)),
                failed == null ? List.of() : List.of((String[]) failed.getArray()));
    }

    private static @Nullable Instant instant(@Nullable Timestamp timestamp) {
        return timestamp == null ? null : timestamp.toInstant();
    }

    /** How long answers of the SQL stay true, that of the views in it included. */
    private Keeping keeping(
            Connection connection, List<String> statements, List<ReadRelation> relations)
            throws SQLException {
        List<String> key = new ArrayList<>(statements);
        List<Long> views = new ArrayList<>();
        for (ReadRelation relation : relations) {
            if (relation.view()) {
                views.add(relation.oid());
                key.add(relation.oid() + " " + relation.rule());
            }
        }
        Keeping known = keepings.getIfPresent(key);
        if (known != null) {
            return known;
        }
        String sql = text(connection, statements, views);
        Keeping found =
                CHANCE.matcher(sql).find()
                                || callsUnknown(connection, sql)
                                || readsUntold(connection, sql)
                        ? Keeping.NOT
                        : TIME.matcher(sql).find() ? Keeping.BRIEFLY : Keeping.WHILE_UNCHANGED;
        keepings.put(key, found);
        return found;
    }

    private static String text(Connection connection, List<String> statements, List<Long> views)
            throws SQLException {
        StringBuilder text = new StringBuilder(String.join("\n", statements));
        if (!views.isEmpty()) {
            try (PreparedStatement select =
                    connection.prepareStatement(
                            "SELECT pg_get_viewdef(v) FROM unnest(?::oid[]) v")) {
                select.setArray(1, connection.createArrayOf("oid", views.toArray()));
                try (ResultSet found = select.executeQuery()) {
                    while (found.next()) {
                        text.append('\n').append(found.getString(1));
                    }
                }
            }
        }
        return text.toString().toLowerCase(Locale.ROOT);
    }

    /**
     * Whether the SQL calls a function that may give another value each time, or one that is not
     * PostgreSQL's own and not sure to be constant.
     */
    private static boolean callsUnknown(Connection connection, String sql) throws SQLException {
        return isThere(
                connection,
                """
                SELECT FROM pg_proc p WHERE p.proname = ANY (?::text[])
                  AND (p.provolatile = 'v' OR p.provolatile <> 'i' AND p.pronamespace <> 'pg_catalog'::regnamespace)
                """,
                List.of(found(CALL, 1, sql)));
    }

    /** Whether the SQL names a relation that nobody tells of, by its schema or without one. */
    private static boolean readsUntold(Connection connection, String sql) throws SQLException {
        if (ODD.matcher(sql).find()) {
            return true;
        }
        Set<String> qualified = new TreeSet<>();
        Matcher pairs = QUALIFIED.matcher(sql);
        // Of a.b.c the second pair begins within the first.
        for (int from = 0; pairs.find(from); from = pairs.start(2)) {
            qualified.add(pairs.group(1) + '.' + pairs.group(2));
        }
        return isThere(
                connection,
                """
                SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND n.nspname IN %s
                  AND (lower(c.relname) = ANY (?::text[]) AND pg_table_is_visible(c.oid)
                    OR n.nspname || '.' || lower(c.relname) = ANY (?::text[]))
                """
                        .formatted(UNTOLD),
                List.of(found(NAME, 0, sql), qualified));
    }

    private static Set<String> found(Pattern pattern, int group, String sql) {
        return pattern.matcher(sql)
                .results()
                .map(match -> match.group(group))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether a query of names has a row. */
    private static boolean isThere(Connection connection, String query, List<Set<String>> names)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT EXISTS (" + query + ")")) {
            for (int i = 0; i < names.size(); i++) {
                select.setArray(i + 1, connection.createArrayOf("text", names.get(i).toArray()));
            }
            try (ResultSet found = select.executeQuery()) {
                found.next();
                return found.getBoolean(1);
            }
        }
    }
}
