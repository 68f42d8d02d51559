package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** A template that cannot be read or rendered: what is wrong, where, and which macros led there. */
public final class JinjaException extends RuntimeException {

    private static final int SHOWN_CALLS = 12;

    private final String problem;
    private final transient @Nullable Place place;
    private final transient List<Call> calls;

    /** A macro and the place that it was called from. */
    public record Call(String macro, Place from) {}

    /** A mistake whose place the one who evaluates will add. */
    public JinjaException(String problem) {
        this(problem, null, List.of(), null);
    }

    public JinjaException(String problem, Place place) {
        this(problem, place, List.of(), null);
    }

    private JinjaException(
            String problem, @Nullable Place place, List<Call> calls, @Nullable Throwable cause) {
        super(describe(problem, place, calls), cause);
        this.problem = problem;
        this.place = place;
        this.calls = List.copyOf(calls);
    }

    /** What is wrong, without the place. */
    public String problem() {
        return problem;
    }

    public @Nullable Place place() {
        return place;
    }

    /** The macro calls that led to the place, innermost first. */
    public List<Call> calls() {
        return calls;
    }

    /** The same mistake with a place, unless it has one. */
    JinjaException at(Place where) {
        return place != null ? this : new JinjaException(problem, where, calls, this);
    }

    /** The same mistake, known to have come about in a macro called from a place. */
    JinjaException within(String macro, Place from) {
        List<Call> longer = new ArrayList<>(calls);
        longer.add(new Call(macro, from));
        return new JinjaException(problem, place, longer, this);
    }

    private static String describe(String problem, @Nullable Place place, List<Call> calls) {
        StringBuilder text = new StringBuilder();
        if (place != null) {
            text.append(place).append(": ");
        }
        text.append(problem);
        calls.stream()
                .limit(SHOWN_CALLS)
                .forEach(
                        call ->
                                text.append("\n  in macro '")
                                        .append(call.macro())
                                        .append("', called from ")
                                        .append(call.from()));
        if (calls.size() > SHOWN_CALLS) {
            text.append("\n  and ").append(calls.size() - SHOWN_CALLS).append(" calls before that");
        }
        return text.toString();
    }
}
