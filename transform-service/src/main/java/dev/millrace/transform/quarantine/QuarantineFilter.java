package dev.millrace.transform.quarantine;

import org.jspecify.annotations.Nullable;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which records of the quarantine are meant. It is kept as it was written, which is what a job and
 * its answers show.
 */
public final class QuarantineFilter {

    private static final String STATE = "state";
    private static final int LONGEST_VALUE = 1_000;

    /** A condition on a column, by the name under which its value is given. */
    private record Column(String condition, Kind kind) {}

    private enum Kind {
        TEXT,
        NUMBER,
        TIME,
        STATE
    }

    private static final Map<String, Column> COLUMNS = columns();

    private final Map<String, String> written;
    private final RecordState state;
    private final List<String> conditions = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();

    private QuarantineFilter(Map<String, String> written, RecordState state) {
        this.written = Map.copyOf(written);
        this.state = state;
    }

    private static Map<String, Column> columns() {
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put("source", new Column("source = ?", Kind.TEXT));
        columns.put("stream", new Column("stream = ?", Kind.TEXT));
        columns.put("reason", new Column("reason = ?", Kind.TEXT));
        columns.put("column", new Column("column_name = ?", Kind.TEXT));
        columns.put("proposal", new Column("waits_for @> ARRAY[?::bigint]", Kind.NUMBER));
        columns.put("topic", new Column("topic = ?", Kind.TEXT));
        columns.put("id_from", new Column("id >= ?", Kind.NUMBER));
        columns.put("id_to", new Column("id <= ?", Kind.NUMBER));
        columns.put("at_from", new Column("at >= ?", Kind.TIME));
        columns.put("at_to", new Column("at < ?", Kind.TIME));
        columns.put(STATE, new Column("state = ?", Kind.STATE));
        return columns;
    }

    /**
     * Reads a filter. A value that is empty is as good as none, and without a state it means the
     * records that are held.
     */
    public static QuarantineFilter parse(Map<String, String> given) throws InvalidFilterException {
        Map<String, String> written = new TreeMap<>();
        for (Map.Entry<String, String> entry : given.entrySet()) {
            if (!COLUMNS.containsKey(entry.getKey())) {
                throw new InvalidFilterException(
                        "There is no filter '%s'. Give some of %s."
                                .formatted(entry.getKey(), String.join(", ", COLUMNS.keySet())));
            }
            if (!entry.getValue().isEmpty()) {
                written.put(entry.getKey(), entry.getValue());
            }
        }
        RecordState state = state(written.getOrDefault(STATE, RecordState.HELD.text()));
        QuarantineFilter filter = new QuarantineFilter(written, state);
        filter.add(STATE, state.text());
        for (Map.Entry<String, String> entry : written.entrySet()) {
            if (!entry.getKey().equals(STATE)) {
                filter.add(entry.getKey(), entry.getValue());
            }
        }
        return filter;
    }

    /** Reads the filter of a request's body, whose values may be texts or numbers. */
    public static QuarantineFilter ofJson(@Nullable Map<String, Object> given)
            throws InvalidFilterException {
        if (given == null) {
            throw new InvalidFilterException(
                    "Say in 'filter' which records are meant, by some of %s."
                            .formatted(String.join(", ", COLUMNS.keySet())));
        }
        Map<String, String> texts = new TreeMap<>();
        for (Map.Entry<String, Object> entry : given.entrySet()) {
            switch (entry.getValue()) {
                case null -> {}
                case String text -> texts.put(entry.getKey(), text);
                case Number number -> texts.put(entry.getKey(), number.toString());
                default ->
                        throw new InvalidFilterException(
                                "The filter '%s' is a text or a number.".formatted(entry.getKey()));
            }
        }
        return parse(texts);
    }

    private void add(String name, String text) throws InvalidFilterException {
        if (text.length() > LONGEST_VALUE || text.indexOf('\0') >= 0) {
            throw new InvalidFilterException(
                    "The filter '%s' is no text of at most %d characters."
                            .formatted(name, LONGEST_VALUE));
        }
        Column column = COLUMNS.get(name);
        if (column != null) {
            conditions.add(column.condition());
            values.add(
                    switch (column.kind()) {
                        case TEXT, STATE -> text;
                        case NUMBER -> number(name, text);
                        case TIME -> time(name, text);
                    });
        }
    }

    private static RecordState state(String text) throws InvalidFilterException {
        return RecordState.of(text)
                .orElseThrow(
                        () ->
                                new InvalidFilterException(
                                        "The state is held, replayed or discarded, not '%s'."
                                                .formatted(text)));
    }

    /** A whole number that a caller gave under a name. */
    public static long number(String name, String text) throws InvalidFilterException {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new InvalidFilterException(
                    "'%s' is a whole number, such as 4711, not '%s'.".formatted(name, text));
        }
    }

    private static OffsetDateTime time(String name, String text) throws InvalidFilterException {
        try {
            Instant moment = OffsetDateTime.parse(text).toInstant();
            return moment.atOffset(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new InvalidFilterException(
                    "'%s' is a time with its zone, such as 2026-03-01T12:00:00Z, not '%s'."
                            .formatted(name, text));
        }
    }

    /** Whether it means records that nobody has decided on yet. */
    public boolean meansHeld() {
        return state == RecordState.HELD;
    }

    /** Whether it says nothing but perhaps the state. */
    boolean isOpen() {
        return conditions.size() == 1;
    }

    /** The filter as it was given, by name. */
    public Map<String, String> written() {
        return new TreeMap<>(written);
    }

    /** A condition for {@code WHERE}, with a question mark for each of the values. */
    String condition() {
        return String.join(" AND ", conditions);
    }

    List<Object> values() {
        return values;
    }
}
