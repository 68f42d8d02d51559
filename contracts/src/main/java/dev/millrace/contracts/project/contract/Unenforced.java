package dev.millrace.contracts.project.contract;

import dev.millrace.contracts.project.Position;

/**
 * A rule that no single row can be held to.
 *
 * @param position where it stands
 * @param property what it is about, as names joined by dots; empty for the whole
 * @param rule the rule as it is written
 * @param why what keeps landing from enforcing it
 */
public record Unenforced(Position position, String property, String rule, String why) {

    /** As a warning tells it. */
    public String message() {
        return "%s%s is not enforced: %s"
                .formatted(property.isEmpty() ? "" : property + ": ", rule, why);
    }
}
