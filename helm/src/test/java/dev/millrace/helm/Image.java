package dev.millrace.helm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A service's image without an engine: its /app, put together by the steps of the Dockerfile. */
record Image(String service, Path app) {

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /** The packaged service, if this build has packaged it. */
    static Optional<Path> jar(String service) throws IOException {
        Path target = Repository.file(service + "-service/target");
        if (!Files.isDirectory(target)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.toString().endsWith("-exec.jar")).findFirst();
        }
    }

    static Image build(String service, Path directory) throws IOException, InterruptedException {
        Path jar = directory.resolve("app.jar");
        Files.copy(jar(service).orElseThrow(), jar, StandardCopyOption.REPLACE_EXISTING);
        Path layers = directory.resolve("layers");
        Shell.run(
                Map.of(),
                JAVA,
                "-Djarmode=tools",
                "-jar",
                jar.toString(),
                "extract",
                "--layers",
                "--destination",
                layers.toString());
        Path app = Files.createDirectory(directory.resolve("app"));
        for (String copy : Dockerfile.read().stage(service).all("COPY")) {
            List<String> words = List.of(copy.split("\\s+", -1));
            String layer = words.get(1).replace("/layers/" + service + "/", "");
            Shell.run(Map.of(), "cp", "-a", layers.resolve(layer) + "/.", app.toString());
        }
        return new Image(service, app);
    }

    List<String> entrypoint() throws IOException {
        return Dockerfile.read().words(service, "ENTRYPOINT");
    }

    Map<String, String> environment() throws IOException {
        return Dockerfile.read().environment(service);
    }
}
