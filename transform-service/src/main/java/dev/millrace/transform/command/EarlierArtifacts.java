package dev.millrace.transform.command;

import dev.millrace.transform.model.select.InvalidSelectionException;
import dev.millrace.transform.model.select.PreviousState;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the artifacts that an earlier run left. */
final class EarlierArtifacts {

    private EarlierArtifacts() {}

    /**
     * What they say.
     *
     * @param current directory of this project's own artifacts
     */
    static PreviousState state(Path directory, Path current) throws CommandFailedException {
        if (!Files.isDirectory(directory)) {
            throw new CommandFailedException(
                    directory
                            + " is no directory; name one with manifest.json in it, such as a copy"
                            + " of another environment's target");
        }
        try {
            return PreviousState.read(directory, current);
        } catch (IOException e) {
            throw new CommandFailedException(
                    "the artifacts in " + directory + " cannot be read: " + e.getMessage(), e);
        } catch (InvalidSelectionException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()), e);
        }
    }
}
