package dev.millrace.standalone.demo.shop;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;

/** The thirteen weeks that are played. They are long over, so that every run tells the same. */
final class Season {

    /** A Monday. */
    static final Instant START = Instant.parse("2026-01-05T00:00:00Z");

    static final Instant END = Instant.parse("2026-04-06T00:00:00Z");
    static final int DAYS = 91;

    /** On the last evening everybody watches the cup final and orders. */
    static final Instant CUP_FINAL = Instant.parse("2026-04-05T18:00:00Z");

    /** How many of a hundred orders fall into each hour of a day, UTC. */
    private static final int[] HOURS = {
        1, 0, 0, 0, 0, 1, 2, 3, 3, 4, 8, 12, 10, 5, 3, 4, 8, 13, 12, 6, 3, 1, 1, 0
    };

    private Season() {}

    /** An instant of the given day, at an hour in which people are hungry. */
    static Instant moment(int day, SplittableRandom random) {
        int ticket = random.nextInt(100);
        int hour = 0;
        while (ticket >= HOURS[hour]) {
            ticket -= HOURS[hour];
            hour++;
        }
        return START.plus(Duration.ofDays(day))
                .plus(Duration.ofHours(hour))
                .plusMillis(random.nextInt(3_600_000));
    }

    /** A time span around a mean; short ones are more frequent than long ones. */
    static Duration span(Duration mean, SplittableRandom random) {
        double factor = -Math.log(1 - random.nextDouble());
        return Duration.ofMillis((long) (mean.toMillis() * factor));
    }

    static boolean isOver(Instant at) {
        return !at.isBefore(END);
    }
}
