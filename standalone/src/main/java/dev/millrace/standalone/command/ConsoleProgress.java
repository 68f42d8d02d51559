package dev.millrace.standalone.command;

import dev.millrace.standalone.stack.Progress;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Tells how a stack is doing, one line for each thing that happens. */
public final class ConsoleProgress implements Progress {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final PrintWriter out;
    private final Clock clock;

    public ConsoleProgress(PrintWriter out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    @Override
    public synchronized void started(String component, Duration took, String address) {
        line("  %-10s ready in %5.1f s   %s".formatted(component, seconds(took), address));
    }

    @Override
    public synchronized void restarting(String component, String why) {
        line("%s %s %s; starting it again".formatted(now(), component, why));
    }

    @Override
    public synchronized void restarted(String component, Duration took) {
        line("%s %s is back after %.1f s".formatted(now(), component, seconds(took)));
    }

    @Override
    public synchronized void note(String message) {
        line(message);
    }

    private void line(String text) {
        out.println(text);
        out.flush();
    }

    private String now() {
        return LocalTime.now(clock).format(TIME);
    }

    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
