package dev.millrace.test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands still until a test moves it. */
public final class SettableClock extends Clock {

    private final Hands hands;
    private final ZoneId zone;

    private SettableClock(Hands hands, ZoneId zone) {
        this.hands = hands;
        this.zone = zone;
    }

    /** A clock in UTC that shows this instant. */
    public static SettableClock at(Instant instant) {
        return new SettableClock(new Hands(instant), ZoneOffset.UTC);
    }

    /** A clock in UTC that shows this instant, in ISO-8601. */
    public static SettableClock at(String instant) {
        return at(Instant.parse(instant));
    }

    public void set(Instant instant) {
        hands.set(instant);
    }

    public void advance(Duration duration) {
        hands.advance(duration);
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    /** The same clock, in another zone: what moves one moves both. */
    @Override
    public SettableClock withZone(ZoneId other) {
        return new SettableClock(hands, other);
    }

    @Override
    public Instant instant() {
        return hands.shown();
    }

    /** What clocks of different zones share. */
    private static final class Hands {
        private Instant instant;

        Hands(Instant instant) {
            this.instant = instant;
        }

        synchronized void set(Instant to) {
            instant = to;
        }

        synchronized void advance(Duration duration) {
            instant = instant.plus(duration);
        }

        synchronized Instant shown() {
            return instant;
        }
    }
}
