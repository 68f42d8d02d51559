package dev.millrace.contracts.project;

/**
 * One mistake in a project.
 *
 * @param position where it stands
 * @param message what is wrong and what to write instead
 */
public record Problem(Position position, String message) {

    @Override
    public String toString() {
        return position + ": " + message;
    }
}
