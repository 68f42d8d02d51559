package dev.millrace.operations.revision;

import dev.millrace.contracts.project.Problem;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** There is no revision of the project that the service could start with. */
final class NoGoodRevisionException extends RuntimeException {

    NoGoodRevisionException(Path directory, List<Problem> problems, String stored) {
        super(
                "The project at %s cannot be used:%n%s%n%s"
                        .formatted(
                                directory,
                                problems.stream()
                                        .map(problem -> "  " + problem)
                                        .collect(Collectors.joining(System.lineSeparator())),
                                stored));
    }
}
