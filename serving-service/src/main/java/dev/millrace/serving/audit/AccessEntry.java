package dev.millrace.serving.audit;

import dev.millrace.serving.access.Visit;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;

/**
 * One access to data, as it is written down.
 *
 * @param account the key, or the subject of the token
 * @param keyId the id of the key, if it was one
 * @param tenant whose rows it saw; none for everybody's or nobody's
 * @param door which of the doors
 * @param outcome ok, continue, refused, error, cancelled, or opened, for a stream that goes on
 */
record AccessEntry(
        Instant at,
        String account,
        @Nullable String keyId,
        @Nullable String tenant,
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

    private static final int LONGEST = 300;
    private static final int MOST_GROUPS = 100;

    static AccessEntry of(Visit visit, @Nullable String traceId, String outcome) {
        Visit.Members members = visit.members();
        return new AccessEntry(
                visit.at(),
                text(visit.caller().account()),
                visit.caller().keyId().orElse(null),
                visit.tenant() == null ? null : text(visit.tenant()),
                texts(visit.caller().groups().stream().limit(MOST_GROUPS).toList()),
                visit.door(),
                texts(members.measures()),
                texts(members.dimensions()),
                texts(members.filters()),
                texts(members.segments()),
                visit.rows(),
                visit.bytes(),
                visit.took().toMillis(),
                visit.cached(),
                outcome,
                visit.status(),
                visit.requestId(),
                traceId);
    }

    private static List<String> texts(List<String> names) {
        return names.stream().map(AccessEntry::text).toList();
    }

    /** What comes from outside, so that no entry keeps others from being written. */
    private static String text(String name) {
        String end = name.length() <= LONGEST ? name : name.substring(0, LONGEST - 1) + "…";
        for (int i = 0; i < end.length(); i++) {
            char c = end.charAt(i);
            if (c < ' ' || Character.isSurrogate(c)) {
                return end.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
            }
        }
        return end;
    }
}
