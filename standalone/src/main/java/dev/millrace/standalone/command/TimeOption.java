package dev.millrace.standalone.command;

import dev.millrace.contracts.project.DurationText;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

import java.time.Duration;
import java.util.function.Predicate;

/** A length of time as it is given to an option. */
final class TimeOption {

    private TimeOption() {}

    /**
     * The length.
     *
     * @param good which lengths will do
     * @param examples of good ones, for who gave another
     * @throws ParameterException if it is none, or will not do
     */
    static Duration parse(
            CommandSpec spec,
            String option,
            String text,
            Predicate<Duration> good,
            String examples) {
        return DurationText.parse(text)
                .filter(good)
                .orElseThrow(
                        () ->
                                new ParameterException(
                                        spec.commandLine(),
                                        "%s is a length of time such as %s, not %s"
                                                .formatted(option, examples, text)));
    }
}
