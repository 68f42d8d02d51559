package dev.millrace.contracts.project;

import java.util.List;
import java.util.stream.Collectors;

/** A project that cannot be used, with every mistake that was found in it. */
public final class InvalidProjectException extends Exception {

    private final transient List<Problem> problems;

    public InvalidProjectException(List<Problem> problems) {
        super(
                problems.stream()
                        .map(Problem::toString)
                        .collect(Collectors.joining("\n", "the project has mistakes:\n", "")));
        this.problems = List.copyOf(problems);
    }

    /** The mistakes in the order of files and lines; never empty. */
    public List<Problem> problems() {
        return problems;
    }
}
