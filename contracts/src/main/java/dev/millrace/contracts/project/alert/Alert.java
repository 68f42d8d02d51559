package dev.millrace.contracts.project.alert;

import dev.millrace.contracts.project.Position;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A query, what would be wrong with its values, for how long, and whom to tell.
 *
 * @param labels what routes and silences may go by, beside the values of dimensions
 * @param query as Cube's REST API takes it
 * @param measure the member whose values are judged
 * @param dimensions what each combination of values is an instance of its own of, with the label
 *     that it becomes
 * @param granularity the unit of the query's time dimension, if it is cut into units
 * @param zone of the query
 * @param every how often it is evaluated
 * @param holdFor how long the condition must hold
 * @param resolveAt the value that ends it, if that is not the condition's own
 * @param resolveFor how long it must be over
 * @param calendar when it matters; null for always
 * @param groupBy labels that tell one notification from another
 * @param groupWait how long a first notification waits for more of its group
 * @param repeatEvery after how long what still fires is told again
 * @param inhibitedBy alerts that keep this one from telling while they fire
 * @param channels whom to tell
 */
public record Alert(
        String name,
        Position position,
        @Nullable String description,
        Map<String, String> labels,
        Map<String, @Nullable Object> query,
        String measure,
        Map<String, String> dimensions,
        @Nullable Granularity granularity,
        ZoneId zone,
        Duration every,
        Condition condition,
        Duration holdFor,
        @Nullable BigDecimal resolveAt,
        Duration resolveFor,
        @Nullable BusinessCalendar calendar,
        Severity severity,
        List<String> groupBy,
        Duration groupWait,
        Duration repeatEvery,
        List<String> inhibitedBy,
        List<String> channels) {

    /** How bad it is. */
    public enum Severity {
        INFO,
        WARNING,
        CRITICAL
    }

    public Alert {
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
        query = Collections.unmodifiableMap(new LinkedHashMap<>(query));
        dimensions = Collections.unmodifiableMap(new LinkedHashMap<>(dimensions));
        groupBy = List.copyOf(groupBy);
        inhibitedBy = List.copyOf(inhibitedBy);
        channels = List.copyOf(channels);
    }

    /** Whether its values are of buckets that end at the moment of evaluation. */
    public boolean isAligned() {
        return granularity != null && granularity.isAligned();
    }
}
