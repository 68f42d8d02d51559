package dev.millrace.embedded.process;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Files and directories that are closed to the other users of a machine from the first moment. */
public final class PrivateFiles {

    private PrivateFiles() {}

    /** Writes a file that nobody else can read, in place of one that may be there. */
    public static void write(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        createIfMissing(file);
        Files.writeString(file, text);
    }

    /** Creates an empty file that nobody else can read, unless there is a file. */
    public static void createIfMissing(Path file) throws IOException {
        try {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException _) {
            // then it is somebody's who was here before, with the rights it was made with
        }
    }

    /** Creates a directory unless there is one, and gives it these permissions. */
    public static void directory(Path directory, String permissions) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
    }
}
