package dev.millrace.serving.audit;

import dev.millrace.serving.access.BookedName;
import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.Visit;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;

/**
 * One access to data, as it is written down.
 *
 * @param account the key, or the subject of the token
 * @param keyId the id of the key, if it was one
 * @param tenants whose rows it saw; none for everybody's or nobody's
 * @param door which of the doors
 * @param outcome ok, continue, refused, error, cancelled, or opened, for a stream that goes on
 */
record AccessEntry(
        Instant at,
        String account,
        @Nullable String keyId,
        List<String> tenants,
        List<String> groups,
        String door,
        List<String> measures,
        List<String> dimensions,
        List<String> filters,
        List<String> segments,
        long rows,
        long bytes,
        long millis,
        String cached,
        String outcome,
        int status,
        String requestId,
        @Nullable String traceId) {

    private static final int MOST_GROUPS = 100;

    static AccessEntry of(Visit visit, @Nullable String traceId, String outcome) {
        Visit.Members members = visit.members();
        return new AccessEntry(
                visit.at(),
                visit.account(),
                visit.caller().keyId().orElse(null),
                visit.tenants(),
                groups(visit.caller()),
                visit.door(),
                members.measures(),
                members.dimensions(),
                members.filters(),
                members.segments(),
                visit.rows(),
                visit.bytes(),
                visit.took().toMillis(),
                visit.cached(),
                outcome,
                visit.status(),
                visit.requestId(),
                traceId);
    }

    private static List<String> groups(Caller caller) {
        return caller.groups().stream().limit(MOST_GROUPS).map(BookedName::of).toList();
    }
}
