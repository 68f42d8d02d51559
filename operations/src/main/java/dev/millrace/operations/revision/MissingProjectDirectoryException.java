package dev.millrace.operations.revision;

/** No setting says where the project is. */
final class MissingProjectDirectoryException extends RuntimeException {

    MissingProjectDirectoryException() {
        super("No project directory is set.");
    }
}
