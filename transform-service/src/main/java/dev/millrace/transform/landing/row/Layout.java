package dev.millrace.transform.landing.row;

import dev.millrace.transform.landing.value.Day;
import dev.millrace.transform.landing.value.Json;
import dev.millrace.transform.landing.value.Text;
import dev.millrace.transform.landing.value.Times;
import dev.millrace.transform.landing.value.Timestamp;
import dev.millrace.transform.landing.value.WallTime;
import dev.millrace.transform.landing.value.Written;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;

/** How the records of one stream become rows, and the rows of one poll that they became. */
public abstract sealed class Layout permits PlainLayout, SegmentLayout, ChangeLayout {

    /** Numbers from here on count milliseconds, below seconds: 5138 in seconds, 1973 in millis. */
    private static final long MILLIS_FROM = 100_000_000_000L;

    private static final long MICROS_PER_DAY = 86_400_000_000L;

    private final @Nullable String idOrigin;
    private final @Nullable String timeOrigin;
    private @Nullable String id;
    private @Nullable Long eventAt;

    Layout(@Nullable List<String> idPath, @Nullable List<String> timePath) {
        this.idOrigin = idPath == null ? null : String.join(".", idPath);
        this.timeOrigin = timePath == null ? null : String.join(".", timePath);
    }

    /** The batches that rows go to: the stream's own, and another that follows from it. */
    public abstract List<RowBatch> batches();

    /** Whether a text that is a date or a UUID becomes one. */
    abstract boolean narrowsTexts();

    /** Whether only the outermost members become columns, whatever they hold. */
    boolean isFlat() {
        return false;
    }

    /** Where the value as a whole goes. */
    abstract Path root();

    /** The path for a key that turned up for the first time. */
    abstract Path newChild(Path parent, String name);

    /**
     * @param arrival with the time that the row has
     */
    abstract void endRow(Arrival arrival) throws ContractViolationException;

    void begin() {
        id = null;
        eventAt = null;
        batches().forEach(RowBatch::begin);
    }

    Path child(Path parent, String name) {
        Path known = parent.child(name);
        return known != null ? known : parent.adopt(name, newChild(parent, name));
    }

    void set(Path path, Object value) {
        Object landed =
                path.use() == Path.Use.LAND_AS_DECIMAL && value instanceof Long whole
                        ? BigDecimal.valueOf(whole)
                        : value;
        List<RowBatch> batches = batches();
        if (path.member() != null) {
            batches.getFirst().set(path.member(), landed);
        }
        if (path.derived() != null) {
            batches.get(1).set(path.derived(), landed);
        }
        if (path.origin().equals(idOrigin)) {
            String text = text(value);
            id = text == null || text.isEmpty() ? null : text;
        }
        if (path.origin().equals(timeOrigin)) {
            eventAt = moment(value);
        }
    }

    /** An object at a path has so many members. */
    final void members(Path path, int count) {
        batches().getFirst().members(path.object(), count);
    }

    /** Null is the absence of a value, unless a layout has it otherwise. */
    void setNull(Path path) {}

    final void end(Arrival arrival) throws ContractViolationException {
        endRow(eventAt == null ? arrival : arrival.at(eventAt));
    }

    /** The identity of the row that ends: the declared one, or else its record's. */
    final String identity(Arrival arrival) {
        return id == null ? Text.clean(arrival.id().get()) : id;
    }

    static @Nullable String text(Object value) {
        // Nearly always; a switch over classes is slower.
        if (value instanceof String text) {
            return text;
        }
        return switch (value) {
            case Json _ -> null;
            case Written written -> written.text();
            default -> value.toString();
        };
    }

    private static @Nullable Long moment(Object value) {
        // Nearly always; a switch over classes is slower.
        if (value instanceof Timestamp time) {
            return time.micros();
        }
        try {
            return switch (value) {
                case WallTime time -> time.micros();
                case Day day -> Math.multiplyExact(day.epochDay(), MICROS_PER_DAY);
                case Long number ->
                        Times.micros(
                                number > -MILLIS_FROM && number < MILLIS_FROM
                                        ? Instant.ofEpochSecond(number)
                                        : Instant.ofEpochMilli(number));
                case BigDecimal number ->
                        Times.micros(
                                number.abs().compareTo(BigDecimal.valueOf(MILLIS_FROM)) < 0
                                        ? number
                                        : number.movePointLeft(3));
                // A time without a zone is taken for UTC, as there is nothing else to take it for.
                case String text -> {
                    Timestamp time = Times.parse(text + "Z");
                    yield time == null ? null : time.micros();
                }
                default -> null;
            };
        } catch (ArithmeticException | DateTimeException e) {
            return null;
        }
    }
}
