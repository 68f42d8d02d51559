package dev.millrace.standalone.stack;

import java.nio.file.Path;
import java.util.Map;

/**
 * What to run, and where.
 *
 * @param home Millrace's own directory, where the services were built
 * @param project the project that the services read
 * @param data where everything is kept that outlives a run
 * @param ports where the doors are
 * @param environment variables for the services, besides those of this process
 */
public record StackSettings(
        Path home, Path project, Path data, Ports ports, Map<String, String> environment) {

    public StackSettings {
        home = home.toAbsolutePath().normalize();
        project = project.toAbsolutePath().normalize();
        data = data.toAbsolutePath().normalize();
        environment = Map.copyOf(environment);
    }

    /** The directory of this installation, which the launcher names. */
    public static Path installation() {
        String home = System.getProperty("millrace.home");
        return Path.of(home == null ? "." : home);
    }
}
