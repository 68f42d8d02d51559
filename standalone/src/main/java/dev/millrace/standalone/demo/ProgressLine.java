package dev.millrace.standalone.demo;

import java.io.Console;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Shows how far something is: on a terminal one line that is drawn over and over, elsewhere a plain
 * line at every quarter of the way.
 */
final class ProgressLine {

    private static final int WIDTH = 24;
    private static final Duration REDRAWN = Duration.ofMillis(100);
    private static final String CLEARED = "\r\u001b[2K";

    private final PrintStream out;
    private final Surface surface;
    private final Clock clock;

    private String title = "";
    private String unit = "";
    private long total;
    private long done;
    private long quartersTold;
    private Instant began = Instant.EPOCH;
    private Instant drawn = Instant.EPOCH;

    /** What it is shown on. */
    enum Surface {
        TERMINAL,
        PLAIN;

        /** What this process writes to. Some JDKs have no console where there is no terminal. */
        static Surface ofThisProcess() {
            return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
                    ? TERMINAL
                    : PLAIN;
        }
    }

    ProgressLine(PrintStream out, Surface surface, Clock clock) {
        this.out = out;
        this.surface = surface;
        this.clock = clock;
    }

    void begin(String what, String counted, long expected) {
        title = what;
        unit = counted;
        total = expected;
        done = 0;
        quartersTold = 0;
        began = clock.instant();
        drawn = Instant.EPOCH;
        show();
    }

    void reached(long count) {
        done = count;
        show();
    }

    /** The last state stays on the screen, with the time that it took. */
    void end() {
        if (surface == Surface.TERMINAL) {
            out.print(CLEARED);
        }
        Duration took = Duration.between(began, clock.instant());
        out.printf(
                Locale.ROOT,
                "  %-22s %,d %s in %.1f s%n",
                title,
                done,
                unit,
                took.toMillis() / 1000.0);
        out.flush();
    }

    private void show() {
        if (surface == Surface.TERMINAL) {
            draw();
        } else {
            tell();
        }
    }

    private void draw() {
        Instant now = clock.instant();
        if (Duration.between(drawn, now).compareTo(REDRAWN) < 0) {
            return;
        }
        drawn = now;
        int filled = total == 0 ? WIDTH : (int) (WIDTH * Math.min(done, total) / total);
        out.print(
                CLEARED
                        + "  %-22s %s%s %3d %%  %,d of %,d %s"
                                .formatted(
                                        title,
                                        "█".repeat(filled),
                                        "░".repeat(WIDTH - filled),
                                        percent(),
                                        done,
                                        total,
                                        unit));
        out.flush();
    }

    private void tell() {
        long quarters = percent() / 25;
        // The last quarter is told by the line that ends it all.
        if (quarters > quartersTold && quarters < 4) {
            quartersTold = quarters;
            out.printf(
                    Locale.ROOT,
                    "  %-22s %3d %%  %,d of %,d %s%n",
                    title,
                    percent(),
                    done,
                    total,
                    unit);
            out.flush();
        }
    }

    private long percent() {
        return total == 0 ? 100 : 100 * Math.min(done, total) / total;
    }
}
