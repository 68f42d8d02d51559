package dev.millrace.serving.query;

import dev.millrace.serving.access.TenantTokens;
import dev.millrace.serving.access.Tenants;
import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.Member;
import dev.millrace.serving.semantic.Query;
import dev.millrace.serving.semantic.QueryCompiler;
import dev.millrace.serving.semantic.QueryException;
import dev.millrace.serving.semantic.Viewer;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Metrics for the rest of the service: rows in memory, as of any moment, without HTTP. They are the
 * platform's, of all tenants: no policy limits them.
 */
@Component
public class MetricQueries {

    private static final int FETCH = 1_000;
    private static final int MAX_LIMIT = 50_000;

    private final Supplier<QueryCompiler> compiler;
    private final Warehouse warehouse;
    private final JsonMapper json;
    private final TenantTokens tokens;

    @Autowired
    MetricQueries(ServedModel model, Warehouse warehouse, JsonMapper json, TenantTokens tokens) {
        this(() -> model.current().compiler(), warehouse, json, tokens);
    }

    MetricQueries(
            Supplier<QueryCompiler> compiler,
            Warehouse warehouse,
            JsonMapper json,
            TenantTokens tokens) {
        this.compiler = compiler;
        this.warehouse = warehouse;
        this.json = json;
        this.tokens = tokens;
    }

    /**
     * When the range of a query begins, for somebody who asks at this moment; that moment itself if
     * it has none.
     */
    public Instant begin(JsonNode query, Instant asOf) throws MetricQueryException {
        Query read = read(query, asOf);
        return read.timeDimensions().stream()
                .filter(time -> time.range() != null)
                .map(time -> time.range().from().atZone(read.timezone()).toInstant())
                .findFirst()
                .orElse(asOf);
    }

    /**
     * The rows of a query in Cube's form, for somebody who asks at this moment: ranges are counted
     * from there and end there.
     *
     * @param buckets what takes the place of the range and of the calendar's units, if given
     * @param limit more rows are an error
     * @param patience how long it may take
     */
    public List<MetricRow> rows(
            JsonNode query, Instant asOf, @Nullable Buckets buckets, int limit, Duration patience)
            throws MetricQueryException {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("the limit is from 1 to " + MAX_LIMIT);
        }
        long deadline = System.nanoTime() + patience.toNanos();
        Query placed = placed(read(query, asOf), asOf, buckets, limit);
        try {
            CompiledQuery compiled = compiler.get().compile(placed, Viewer.PLATFORM);
            List<MetricRow> rows = run(compiled, deadline);
            if (rows.size() > limit) {
                throw new MetricQueryException(
                        "the query gives more than %d rows; filter it, or use fewer dimensions"
                                .formatted(limit));
            }
            return rows;
        } catch (QueryException e) {
            throw new MetricQueryException(e.getMessage(), e);
        } catch (SQLException e) {
            throw new MetricQueryException(explain(new WarehouseException(e)), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MetricQueryException("interrupted", e);
        }
    }

    private static String explain(WarehouseException e) {
        return switch (e.category()) {
            case TIMEOUT -> "the query took too long";
            case BUSY -> "the warehouse has no connection to spare";
            case CALLER, MODEL, PLATFORM -> "the warehouse says: " + e.getMessage();
        };
    }

    private Query read(JsonNode query, Instant asOf) throws MetricQueryException {
        try {
            return new QueryReader(json, Clock.fixed(asOf, ZoneOffset.UTC)).read(query).query();
        } catch (QueryException e) {
            throw new MetricQueryException(e.getMessage(), e);
        }
    }

    private static Query placed(Query query, Instant asOf, @Nullable Buckets buckets, int limit) {
        List<Query.TimeDimension> times = new ArrayList<>();
        for (Query.TimeDimension time : query.timeDimensions()) {
            times.add(placed(time, query.timezone(), asOf, buckets));
        }
        return new Query(
                query.measures(),
                query.dimensions(),
                query.segments(),
                times,
                query.filters(),
                List.of(),
                limit + 1,
                0,
                false,
                false,
                query.timezone());
    }

    private static Query.TimeDimension placed(
            Query.TimeDimension time, ZoneId zone, Instant asOf, @Nullable Buckets buckets) {
        Query.DateRange range = time.range();
        if (buckets != null && time.granularity() != null) {
            return new Query.TimeDimension(
                    time.dimension(),
                    time.granularity(),
                    new Query.DateRange(local(buckets.from(), zone), last(buckets.end(), zone)),
                    buckets.from());
        }
        if (range == null) {
            return time;
        }
        // What is dated later is not known to somebody who asks then.
        LocalDateTime last = last(asOf, zone);
        return range.to().isAfter(last)
                ? new Query.TimeDimension(
                        time.dimension(),
                        time.granularity(),
                        new Query.DateRange(range.from(), last))
                : time;
    }

    private static LocalDateTime local(Instant instant, ZoneId zone) {
        return LocalDateTime.ofInstant(instant, zone);
    }

    /** Ranges of queries include both ends, to the millisecond. */
    private static LocalDateTime last(Instant end, ZoneId zone) {
        return local(end.minusMillis(1), zone);
    }

    private List<MetricRow> run(CompiledQuery compiled, long deadline)
            throws SQLException, InterruptedException, MetricQueryException {
        try (Warehouse.Turn turn = warehouse.turn(left(deadline))) {
            try (TenantStatement statement =
                    new TenantStatement(
                            turn.connection(),
                            compiled.statement(),
                            tokens.sign(new Tenants.All()))) {
                statement.fetchSize(FETCH);
                statement.timeout((int) Math.max(1, left(deadline).toSeconds()));
                List<MetricRow> rows = new ArrayList<>();
                try (ResultSet result = statement.execute()) {
                    while (result.next()) {
                        rows.add(row(result, compiled.columns()));
                    }
                }
                return rows;
            } finally {
                turn.connection().rollback();
            }
        }
    }

    private static Duration left(long deadline) throws SQLException {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new SQLException("the time is over", "57014");
        }
        return Duration.ofNanos(left);
    }

    private static MetricRow row(ResultSet result, List<CompiledQuery.Column> columns)
            throws SQLException, MetricQueryException {
        LocalDateTime bucket = null;
        Map<String, @Nullable String> dimensions = new LinkedHashMap<>();
        Map<String, @Nullable BigDecimal> measures = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            CompiledQuery.Column column = columns.get(i);
            String text = result.getString(i + 1);
            String path = column.member().path();
            if (column.granularity() != null) {
                bucket = text == null ? null : LocalDateTime.parse(ResultValue.time(text));
            } else if (column.member() instanceof Member.OfMeasure) {
                measures.put(path, number(path, text));
            } else {
                dimensions.put(path, text);
            }
        }
        return new MetricRow(bucket, dimensions, measures);
    }

    private static @Nullable BigDecimal number(String measure, @Nullable String text)
            throws MetricQueryException {
        if (text == null || text.equals("NaN") || text.endsWith("Infinity")) {
            return null;
        }
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            throw new MetricQueryException("the measure %s is no number".formatted(measure), e);
        }
    }
}
