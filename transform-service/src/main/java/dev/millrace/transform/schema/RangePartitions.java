package dev.millrace.transform.schema;

import dev.millrace.contracts.project.source.PartitionBy;
import dev.millrace.contracts.record.Identifiers;
import dev.millrace.contracts.warehouse.RowColumns;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import javax.sql.DataSource;

/**
 * The partitions of tables by event time. There are always those of a run of periods without gaps,
 * one for all before it and one for all after it: so every row has its place, whenever it happened,
 * and none of what happens here is ever urgent. The run grows at its ends, in one short transaction
 * that also moves the rows that the outer partition had of the new period.
 */
public final class RangePartitions {

    private static final Logger log = LoggerFactory.getLogger(RangePartitions.class);

    /** Periods that are there before they begin. */
    private static final int AHEAD = 2;

    /** How long readers may have to wait for it to be done; else it is not, and tried later. */
    private static final String SHORT =
            "SET LOCAL lock_timeout = '300ms'; SET LOCAL statement_timeout = '1s';"
                    + " SET LOCAL TimeZone = 'UTC'";

    private static final Duration AGAIN_AFTER = Duration.ofMinutes(1);

    private final DataSource database;
    private final Clock clock;
    private final int most;
    private final Map<Relation, Run> known = new ConcurrentHashMap<>();
    private final Map<Relation, Long> leftAloneUntil = new ConcurrentHashMap<>();

    /**
     * @param most how many periods of a table have a partition of their own
     */
    public RangePartitions(DataSource database, Clock clock, int most) {
        this.database = database;
        this.clock = clock;
        this.most = most;
    }

    /** The periods that have partitions, from the first up to before the last. */
    private record Run(
            @Nullable LocalDate low,
            @Nullable LocalDate high,
            int size,
            String earlier,
            String later) {

        private boolean isWhole() {
            return low != null && high != null;
        }
    }

    /**
     * Makes partitions for the present and what is near, and back to an event time, as far as there
     * may be so many. Where that cannot be done now, rows go to the outer partitions.
     *
     * @param earliest in microseconds since 1970
     */
    public void prepare(Relation relation, PartitionBy by, long earliest) throws SQLException {
        Run run = known.get(relation);
        if (run == null) {
            try (Connection connection = database.getConnection()) {
                run = read(connection, relation);
            }
            known.put(relation, run);
            if (!run.isWhole()) {
                log.warn(
                        "{} is to be partitioned by {}, but it was made without partitions, or"
                                + " somebody dropped an outer one; it stays as it is",
                        relation,
                        by);
            }
        }
        if (!run.isWhole() || !isWanting(run, by, earliest) || isLeftAlone(relation)) {
            return;
        }
        try {
            extend(relation, by, earliest);
        } catch (SQLException e) {
            leftAloneUntil.put(relation, System.nanoTime() + AGAIN_AFTER.toNanos());
            log.info(
                    "{} cannot get partitions now, and rows go to the outer ones: {}",
                    relation,
                    e.getMessage());
        }
    }

    /** Forgets what was seen of a table, as it turned out to be different. */
    public void forget(Relation relation) {
        known.remove(relation);
    }

    private boolean isLeftAlone(Relation relation) {
        Long until = leftAloneUntil.get(relation);
        return until != null && until - System.nanoTime() > 0;
    }

    private LocalDate today() {
        return clock.instant().atOffset(ZoneOffset.UTC).toLocalDate();
    }

    private boolean isWanting(Run run, PartitionBy by, long earliest) {
        return run.size() < most
                && (wantedHigh(by).isAfter(run.high())
                        || wantedLow(by, earliest).isBefore(run.low()));
    }

    private LocalDate wantedHigh(PartitionBy by) {
        return by.plus(by.begin(today()), AHEAD + 1);
    }

    /** Not further back than half of all, as the other half is for what is to come. */
    private LocalDate wantedLow(PartitionBy by, long earliest) {
        LocalDate furthest = by.plus(by.begin(today()), -most / 2);
        long day = Math.floorDiv(earliest, 86_400_000_000L);
        return day <= furthest.toEpochDay() ? furthest : by.begin(LocalDate.ofEpochDay(day));
    }

    private void extend(Relation relation, PartitionBy by, long earliest) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute(SHORT);
                statement.execute("LOCK TABLE " + relation.quoted() + " IN ACCESS EXCLUSIVE MODE");
                Run before = read(connection, relation);
                if (before.isWhole()) {
                    for (String command : commands(relation, by, before, earliest)) {
                        statement.execute(command);
                    }
                }
                Run after = read(connection, relation);
                connection.commit();
                known.put(relation, after);
                log.info("{} has partitions from {} to {}", relation, after.low(), after.high());
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    private List<String> commands(Relation relation, PartitionBy by, Run run, long earliest) {
        List<String> commands = new ArrayList<>();
        int room = most - run.size();
        List<LocalDate> after = new ArrayList<>();
        LocalDate high = Objects.requireNonNull(run.high());
        for (; high.isBefore(wantedHigh(by)) && room > 0; room--) {
            after.add(high);
            high = by.plus(high, 1);
        }
        List<LocalDate> before = new ArrayList<>();
        LocalDate low = Objects.requireNonNull(run.low());
        for (; low.isAfter(wantedLow(by, earliest)) && room > 0; room--) {
            low = by.plus(low, -1);
            before.add(low);
        }
        if (!after.isEmpty()) {
            commands.addAll(
                    move(
                            relation,
                            by,
                            run.later(),
                            after,
                            "(%s) TO (MAXVALUE)".formatted(at(high))));
        }
        if (!before.isEmpty()) {
            commands.addAll(
                    move(
                            relation,
                            by,
                            run.earlier(),
                            before,
                            "(MINVALUE) TO (%s)".formatted(at(low))));
        }
        return commands;
    }

    /** Makes partitions of periods, with the rows that an outer one has of them. */
    private static List<String> move(
            Relation relation, PartitionBy by, String outer, List<LocalDate> periods, String left) {
        String detached = new Relation(relation.schema(), outer).quoted();
        String eventAt = Relation.quote(RowColumns.EVENT_AT);
        List<String> commands = new ArrayList<>();
        commands.add("ALTER TABLE %s DETACH PARTITION %s".formatted(relation.quoted(), detached));
        for (LocalDate period : periods) {
            commands.add(creation(relation, by, period));
        }
        LocalDate first = Collections.min(periods);
        LocalDate end = by.plus(Collections.max(periods), 1);
        commands.add(
                "WITH moved AS (DELETE FROM %1$s WHERE %2$s >= %3$s AND %2$s < %4$s RETURNING *)"
                                .formatted(detached, eventAt, at(first), at(end))
                        + " INSERT INTO %s SELECT * FROM moved".formatted(relation.quoted()));
        commands.add(
                "ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM %s"
                        .formatted(relation.quoted(), detached, left));
        return commands;
    }

    /** What is to be done for a table that was just made. */
    static List<String> begin(Relation relation, PartitionBy by, Clock clock) {
        LocalDate low = by.begin(clock.instant().atOffset(ZoneOffset.UTC).toLocalDate());
        List<String> commands = new ArrayList<>();
        commands.add(
                "CREATE TABLE %s PARTITION OF %s FOR VALUES FROM (MINVALUE) TO (%s)"
                        .formatted(
                                partition(relation, "earlier").quoted(),
                                relation.quoted(),
                                at(low)));
        for (int i = 0; i <= AHEAD; i++) {
            commands.add(creation(relation, by, by.plus(low, i)));
        }
        commands.add(
                "CREATE TABLE %s PARTITION OF %s FOR VALUES FROM (%s) TO (MAXVALUE)"
                        .formatted(
                                partition(relation, "later").quoted(),
                                relation.quoted(),
                                at(by.plus(low, AHEAD + 1))));
        return commands;
    }

    private static String creation(Relation relation, PartitionBy by, LocalDate period) {
        return "CREATE TABLE %s PARTITION OF %s FOR VALUES FROM (%s) TO (%s)"
                .formatted(
                        partition(relation, period.toString().replace('-', '_')).quoted(),
                        relation.quoted(),
                        at(period),
                        at(by.plus(period, 1)));
    }

    private static Relation partition(Relation relation, String which) {
        return new Relation(
                relation.schema(), Identifiers.shorten(relation.name() + "__p_" + which));
    }

    private static String at(LocalDate day) {
        return "'" + day + " 00:00:00+00'";
    }

    private static Run read(Connection connection, Relation relation) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        """
                        SELECT p.relname, b.bound LIKE '%(MINVALUE)%', b.bound LIKE '%(MAXVALUE)%',
                          (regexp_match(b.bound, '''([^'']+)'''))[1]::timestamptz
                        FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhrelid
                        CROSS JOIN LATERAL (SELECT pg_get_expr(p.relpartbound, p.oid) AS bound) b
                        WHERE i.inhparent = to_regclass(?) AND b.bound IS NOT NULL
                        """)) {
            select.setString(1, relation.quoted());
            LocalDate low = null;
            LocalDate high = null;
            String earlier = "";
            String later = "";
            int size = 0;
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    OffsetDateTime at = rows.getObject(4, OffsetDateTime.class);
                    LocalDate day =
                            at == null
                                    ? null
                                    : at.withOffsetSameInstant(ZoneOffset.UTC).toLocalDate();
                    if (rows.getBoolean(2)) {
                        low = day;
                        earlier = rows.getString(1);
                    } else if (rows.getBoolean(3)) {
                        high = day;
                        later = rows.getString(1);
                    } else {
                        size++;
                    }
                }
            }
            return new Run(low, high, size, earlier, later);
        }
    }
}
