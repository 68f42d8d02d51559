package dev.millrace.standalone.command;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/** The option that says where a stack keeps its data. */
public final class DataOption {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = ".millrace",
            description = "where data, logs and secrets are kept (default: ./.millrace)")
    private Path directory = Path.of(".millrace");

    /** As it was given: not yet absolute. */
    public Path directory() {
        return directory;
    }
}
