package dev.millrace.standalone.command;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/** The option that says where a stack keeps its data. */
public final class DataOption {

    static final String DEFAULT = ".millrace";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = DEFAULT,
            description = "where data, logs and secrets are kept (default: ./.millrace)")
    private Path directory = Path.of(DEFAULT);

    /** As it was given: not yet absolute. */
    public Path directory() {
        return directory;
    }
}
