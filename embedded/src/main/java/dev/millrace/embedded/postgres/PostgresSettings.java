package dev.millrace.embedded.postgres;

import java.nio.file.Path;
import java.util.Map;

/**
 * How a server is to run.
 *
 * @param directory where its data, its log and its superuser's password are kept
 * @param binaries where the programs are unpacked, shared by all servers of a machine
 * @param port the TCP port on the loopback interface; 0 takes any that is free
 * @param durable whether a committed transaction survives a crash of the machine; without it tests
 *     are faster
 * @param parameters more server parameters, by their names in postgresql.conf
 */
public record PostgresSettings(
        Path directory, Path binaries, int port, boolean durable, Map<String, String> parameters) {

    public PostgresSettings {
        directory = directory.toAbsolutePath().normalize();
        binaries = binaries.toAbsolutePath().normalize();
        parameters = Map.copyOf(parameters);
    }

    /** A server that keeps what it committed. */
    public static PostgresSettings durable(Path directory, Path binaries, int port) {
        return new PostgresSettings(directory, binaries, port, true, Map.of());
    }

    /** A server for tests, on any free port, whose data nobody will miss. */
    public static PostgresSettings forTests(Path directory, Path binaries) {
        return new PostgresSettings(directory, binaries, 0, false, Map.of());
    }
}
