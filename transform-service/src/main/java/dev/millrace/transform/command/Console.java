package dev.millrace.transform.command;

import dev.millrace.transform.model.context.TemplateLog;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** What a command tells its user: lines with the time, as dbt writes them. */
final class Console implements TemplateLog {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

    private final PrintWriter out;
    private final Clock clock;
    private final boolean quiet;
    private final List<String> warnings = new ArrayList<>();

    Console(PrintWriter out, Clock clock, boolean quiet) {
        this.out = out;
        this.clock = clock;
        this.quiet = quiet;
    }

    /** A line about what goes on. */
    void tell(String line) {
        if (!quiet) {
            write(line);
        }
    }

    /** A line about something that is wrong, which is told whatever was asked for. */
    void complain(String line) {
        write(line);
    }

    private synchronized void write(String line) {
        String time = TIME.format(clock.instant().atZone(ZoneId.systemDefault()));
        for (String each : line.split("\n", -1)) {
            out.println((time + "  " + printable(each)).stripTrailing());
        }
        out.flush();
    }

    /** What was asked for: it is for other programs as well, and has no time before it. */
    synchronized void give(String text) {
        out.println(text);
        out.flush();
    }

    /** Data of others must not steer the terminal. */
    private static String printable(String line) {
        StringBuilder clean = new StringBuilder(line.length());
        line.codePoints()
                .forEach(
                        c ->
                                clean.appendCodePoint(
                                        Character.isISOControl(c) && c != '\t' ? '\uFFFD' : c));
        return clean.toString();
    }

    @Override
    public void say(String file, String message, boolean shown) {
        if (shown) {
            write(message);
        }
    }

    @Override
    public void warn(String file, String message) {
        synchronized (this) {
            if (warnings.contains(message)) {
                return;
            }
            warnings.add(message);
        }
        write("[WARNING]: " + file + ": " + message);
    }
}
