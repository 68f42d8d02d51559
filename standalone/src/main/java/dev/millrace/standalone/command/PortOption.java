package dev.millrace.standalone.command;

import dev.millrace.standalone.stack.Ports;

import picocli.CommandLine.Option;

/** The option that says on which ports a stack runs. */
public final class PortOption {

    @Option(
            names = "--port-offset",
            paramLabel = "N",
            defaultValue = "0",
            description = "add this to every port, so that a second stack fits beside the first")
    private int offset;

    /** The ports that it means. */
    public Ports ports() {
        return Ports.shifted(offset);
    }
}
