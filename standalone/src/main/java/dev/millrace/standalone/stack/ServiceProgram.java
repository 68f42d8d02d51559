package dev.millrace.standalone.stack;

import dev.millrace.embedded.process.ChildCommand;
import dev.millrace.embedded.process.ChildProcess;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The built program of a service, unpacked so that it starts faster; once for each build.
 *
 * @param jar what to run; its libraries are beside it
 */
record ServiceProgram(Path jar) {

    /** What a service can do with its heap, and which warnings are not news. */
    private static final List<String> OPTIONS =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:NewRatio=1",
                    "-XX:SurvivorRatio=4",
                    "-XX:MetaspaceSize=128m",
                    "-XX:+ExitOnOutOfMemoryError",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow");

    /** The command that runs it, from what a JVM learned of it earlier where there is that. */
    List<String> command(String heap) {
        List<String> command = new ArrayList<>(List.of(JavaProgram.java(), "-Xmx" + heap));
        command.addAll(OPTIONS);
        if (Files.exists(startCache())) {
            command.add("-XX:AOTCache=" + startCache());
        }
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }

    /**
     * The command that starts it as far as its beans go, without opening its doors, and leaves what
     * the JVM learned in a file. Needs what the service needs, so its database.
     */
    List<String> training(Path learned) {
        List<String> command = new ArrayList<>(List.of(JavaProgram.java(), "-Xmx512m"));
        command.addAll(OPTIONS);
        command.addAll(
                List.of(
                        "-XX:AOTCacheOutput=" + learned,
                        "-Xlog:aot=error",
                        "-Dspring.context.exit=onRefresh",
                        "-jar",
                        jar.toString()));
        return command;
    }

    /** What a JVM learned of it: good for that build of the JVM only, which is in the name. */
    Path startCache() {
        String jvm = Runtime.version().toString().replaceAll("[^A-Za-z0-9.+-]", "_");
        return jar.resolveSibling("start-" + jvm + ".aot");
    }

    /** The program of this module, unpacked. */
    static ServiceProgram unpacked(Path home, String module) throws IOException {
        Path packed = packedJar(home, module);
        String build = checksum(packed);
        Path stack = home.resolve("standalone/target/stack");
        Path directory = stack.resolve(module + "-" + build);
        Path jar = directory.resolve(packed.getFileName());
        if (Files.exists(jar)) {
            return new ServiceProgram(jar);
        }
        Files.createDirectories(stack);
        deleteOthers(stack, module + "-");
        Path unfinished = Files.createTempDirectory(stack, "unpacking-");
        Path log = unfinished.resolve("unpack.log");
        Path content = unfinished.resolve("content");
        ChildProcess tool =
                ChildProcess.start(
                        ChildCommand.of(
                                "unpack " + module,
                                List.of(
                                        JavaProgram.java(),
                                        "-XX:TieredStopAtLevel=1",
                                        "-Djarmode=tools",
                                        "-jar",
                                        packed.toString(),
                                        "extract",
                                        "--destination",
                                        content.toString()),
                                log));
        if (tool.onExit().join() != 0) {
            throw new IOException("cannot unpack " + packed + ": " + Files.readString(log).strip());
        }
        Files.move(content, directory, StandardCopyOption.ATOMIC_MOVE);
        delete(unfinished);
        return new ServiceProgram(jar);
    }

    /** By its contents, as a reproducible build gives every jar the same time. */
    private static String checksum(Path jar) throws IOException {
        CRC32C checksum = new CRC32C();
        byte[] buffer = new byte[1 << 20];
        try (InputStream in = Files.newInputStream(jar)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                checksum.update(buffer, 0, read);
            }
        }
        return Long.toHexString(checksum.getValue()) + "-" + Long.toHexString(Files.size(jar));
    }

    private static Path packedJar(Path home, String module) throws IOException {
        Path target = home.resolve(module).resolve("target");
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                List<Path> jars =
                        files.filter(f -> f.getFileName().toString().endsWith("-exec.jar"))
                                .toList();
                if (jars.size() == 1) {
                    return jars.getFirst();
                }
            }
        }
        throw new IOException(
                "there is no program of "
                        + module
                        + " in "
                        + target
                        + ". Build it: mvn package -DskipTests (./millrace does that by itself).");
    }

    private static void deleteOthers(Path directory, String prefix) throws IOException {
        List<Path> old;
        try (Stream<Path> files = Files.list(directory)) {
            old = files.filter(f -> f.getFileName().toString().startsWith(prefix)).toList();
        }
        for (Path path : old) {
            delete(path);
        }
    }

    static void delete(Path directory) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(directory)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }
}
