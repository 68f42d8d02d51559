package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.serving.semantic.RollupTable.Cut;

import org.jspecify.annotations.Nullable;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneOffsetTransitionRule;
import java.time.zone.ZoneRules;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Which units of time are whole numbers of which others. */
final class RollupTimes {

    /** Those that are cut alike in all time zones whose offset from UTC is a number of them. */
    private static final Map<String, Integer> FINE =
            Map.of("second", 1, "minute", 60, "hour", 3_600);

    /** Before, clocks went by the sun. */
    private static final int STANDARD_TIME = 1900;

    private RollupTimes() {}

    static boolean isFine(String granularity) {
        return FINE.containsKey(granularity);
    }

    /** The one of which there are more. */
    static Cut finer(Cut one, Cut other) {
        return TimeUnits.CALENDAR.indexOf(one.granularity())
                        >= TimeUnits.CALENDAR.indexOf(other.granularity())
                ? one
                : other;
    }

    /** Whether units are cut alike in a time zone. */
    static boolean isCutIn(Cut cut, ZoneId zone) {
        Integer seconds = FINE.get(cut.granularity());
        return isOf(cut, zone)
                || (seconds != null
                        && isOf(cut, ZoneOffset.UTC)
                        && offsets(zone.getRules())
                                .allMatch(offset -> offset.getTotalSeconds() % seconds == 0));
    }

    /** Whether units are those of a time zone's own clocks, so that each of its hours is one. */
    static boolean isOf(Cut cut, ZoneId zone) {
        return cut.zone().getRules().equals(zone.getRules());
    }

    private static Stream<ZoneOffset> offsets(ZoneRules rules) {
        Stream<ZoneOffset> past =
                rules.getTransitions().stream()
                        .filter(t -> t.getDateTimeAfter().getYear() >= STANDARD_TIME)
                        .map(ZoneOffsetTransition::getOffsetAfter);
        Stream<ZoneOffset> future =
                rules.getTransitionRules().stream()
                        .flatMap(
                                (ZoneOffsetTransitionRule rule) ->
                                        Stream.of(rule.getOffsetBefore(), rule.getOffsetAfter()));
        ZoneOffset first = rules.getOffset(LocalDateTime.of(STANDARD_TIME, 1, 1, 0, 0));
        return Stream.of(past, future, Stream.of(first)).flatMap(offsets -> offsets);
    }

    /** Whether each unit is a number of whole finer ones. */
    static boolean isMadeOf(Dimension dimension, String granularity, String finer) {
        if (granularity.equals(finer)) {
            return true;
        }
        if (granularity.equals(TimeUnits.UNCUT)) {
            return false;
        }
        Optional<Dimension.Granularity> own = TimeUnits.custom(dimension, granularity);
        if (own.isPresent()) {
            return CustomGranularity.of(own.get()).isMadeOf(finer);
        }
        boolean coarser =
                TimeUnits.CALENDAR.indexOf(granularity) < TimeUnits.CALENDAR.indexOf(finer);
        return coarser && !finer.equals("week");
    }

    /** Whether a range begins and ends where units do. */
    static boolean isAligned(
            @Nullable LocalDateTime from, @Nullable LocalDateTime to, String granularity) {
        return (from == null || begins(from, granularity))
                && (to == null
                        || (to.get(ChronoField.NANO_OF_SECOND) == TimeUnits.NANOS_OF_999_MILLIS
                                && begins(to.plus(1, ChronoUnit.MILLIS), granularity)));
    }

    static boolean begins(LocalDateTime time, String granularity) {
        return TimeSeries.floor(time, granularity).equals(time);
    }
}
