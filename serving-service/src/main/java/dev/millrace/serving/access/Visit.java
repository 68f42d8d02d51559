package dev.millrace.serving.access;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** One request to the metrics doors, and what is known of it so far; of its own thread alone. */
public final class Visit {

    /** Where a request keeps its visit. */
    static final String ATTRIBUTE = Visit.class.getName();

    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    private final Caller caller;
    private final List<String> tenants;
    private final String door;
    private final Instant at;
    private final long began = System.nanoTime();
    private final List<Gate.Stay> stays = new ArrayList<>();
    private String requestId = "";
    private Members members = Members.NONE;
    private long rows;
    private String cached = "no";
    private @Nullable String outcome;
    private boolean brokenOff;
    private int status;
    private long bytes;

    /** What was asked for: names, as books have them, never values. */
    public record Members(
            List<String> measures,
            List<String> dimensions,
            List<String> filters,
            List<String> segments) {

        public static final Members NONE = new Members(List.of(), List.of(), List.of(), List.of());

        public Members {
            measures = booked(measures);
            dimensions = booked(dimensions);
            filters = booked(filters);
            segments = booked(segments);
        }

        private static List<String> booked(List<String> names) {
            return names.stream().map(BookedName::of).toList();
        }
    }

    /**
     * @param tenants whose rows it sees, if that is not everybody's or nobody's
     */
    public Visit(Caller caller, List<String> tenants, String door, Instant at) {
        this.caller = caller;
        this.tenants = tenants.stream().map(BookedName::of).toList();
        this.door = door;
        this.at = at;
    }

    /** The id that a client gave its request; empty if it gave none, or none that can be told. */
    public static String requestIdOf(@Nullable String header) {
        return header != null && REQUEST_ID.matcher(header).matches() ? header : "";
    }

    public Caller caller() {
        return caller;
    }

    /** The caller, as books have it. */
    public String account() {
        return BookedName.of(caller.account());
    }

    /** Whose rows it sees, as books have them. */
    public List<String> tenants() {
        return tenants;
    }

    public String door() {
        return door;
    }

    public Instant at() {
        return at;
    }

    public String requestId() {
        return requestId;
    }

    public Members members() {
        return members;
    }

    public long rows() {
        return rows;
    }

    public String cached() {
        return cached;
    }

    /** The HTTP status, once it is over. */
    public int status() {
        return status;
    }

    /** The bytes of the answer's body. */
    public long bytes() {
        return bytes;
    }

    public Duration took() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** How it went: ok, continue, refused, error or cancelled. */
    public String outcome() {
        if (brokenOff || "caller_left".equals(outcome)) {
            return "cancelled";
        }
        if (status == 401 || status == 403 || status == 429) {
            return "refused";
        }
        if (status >= 400) {
            return "error";
        }
        return switch (outcome) {
            case null -> "ok";
            case "ok" -> "ok";
            case "continue_wait" -> "continue";
            default -> "error";
        };
    }

    public void requestId(String id) {
        requestId = id;
    }

    public void members(Members asked) {
        members = asked;
    }

    /** What the books of queries say. */
    public void booked(long rowsRead, String howCached, String howItWent) {
        rows = rowsRead;
        cached = howCached;
        outcome = howItWent;
        stays.forEach(Gate.Stay::read);
    }

    void entered(Gate.Stay stay) {
        stays.add(stay);
    }

    /** An answer without an end begins. */
    public void opened() {
        stays.forEach(Gate.Stay::opened);
    }

    /**
     * More of it is to be sent.
     *
     * @throws GateClosedException if it may not go on
     */
    public void progressed(long moreRows) {
        rows += moreRows;
        stays.forEach(Gate.Stay::progressed);
    }

    /** Its answer did not come to an end. */
    void broke() {
        brokenOff = true;
    }

    void over(int answered, long sent) {
        status = answered;
        bytes = sent;
        for (Gate.Stay stay : stays.reversed()) {
            stay.left();
        }
    }
}
