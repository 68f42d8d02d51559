package dev.millrace.transform.command;

import dev.millrace.contracts.project.Problem;

import java.util.List;
import java.util.stream.Collectors;

/** Tells the mistakes of a project, so many of them as a person reads at once. */
final class Mistakes {

    private static final int SHOWN = 50;

    private Mistakes() {}

    static String text(List<Problem> problems) {
        String shown =
                problems.stream()
                        .limit(SHOWN)
                        .map(Problem::toString)
                        .collect(Collectors.joining("\n"));
        int more = problems.size() - SHOWN;
        return more > 0 ? shown + "\n… and " + more + " more" : shown;
    }
}
