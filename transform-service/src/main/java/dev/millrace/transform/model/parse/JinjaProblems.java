package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.jinja.Place;

/** Mistakes of templates as mistakes of the project. */
final class JinjaProblems {

    private JinjaProblems() {}

    static Position position(Place place) {
        return new Position(place.template(), place.line(), place.column());
    }

    static void add(Problems problems, Position otherwise, JinjaException e) {
        Place place = e.place();
        StringBuilder message = new StringBuilder(e.problem());
        e.calls()
                .forEach(
                        call ->
                                message.append("; in macro '")
                                        .append(call.macro())
                                        .append("' called at ")
                                        .append(call.from()));
        problems.add(place == null ? otherwise : position(place), message.toString());
    }
}
