package dev.millrace.serving.query;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A row of metrics.
 *
 * @param bucket where its unit of time begins, if the query cuts time into units
 * @param dimensions by member; a value that is null stays so
 * @param measures by member
 */
public record MetricRow(
        @Nullable LocalDateTime bucket,
        Map<String, @Nullable String> dimensions,
        Map<String, @Nullable BigDecimal> measures) {

    public MetricRow {
        dimensions = Collections.unmodifiableMap(new LinkedHashMap<>(dimensions));
        measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
    }
}
