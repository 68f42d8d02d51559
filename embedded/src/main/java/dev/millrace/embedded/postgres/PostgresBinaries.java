package dev.millrace.embedded.postgres;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;

/** The programs of a PostgreSQL server, unpacked from the class path once for each version. */
record PostgresBinaries(Path directory) {

    private static final String DONE = ".complete";

    Path program(String name) {
        return directory.resolve("bin").resolve(name);
    }

    /** Unpacks the programs under {@code cache}, unless they are there already. */
    static PostgresBinaries unpacked(Path cache) throws IOException {
        String platform = platform();
        String resource = "/postgres-" + platform + ".txz";
        Path directory = cache.resolve("postgresql-" + version() + "-" + platform);
        if (Files.exists(directory.resolve(DONE))) {
            return new PostgresBinaries(directory);
        }
        Files.createDirectories(cache);
        // Several JVMs of one build may come here at the same time; the lock goes with the process.
        // Two threads of one JVM are kept apart by the class.
        synchronized (PostgresBinaries.class) {
            try (FileChannel channel =
                            FileChannel.open(
                                    cache.resolve("lock"),
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                if (!Files.exists(directory.resolve(DONE))) {
                    unpack(resource, directory);
                }
            }
        }
        return new PostgresBinaries(directory);
    }

    /** The version of the artifact that the build chose, such as 18.6.0. */
    static String version() throws IOException {
        try (InputStream in = PostgresBinaries.class.getResourceAsStream("version.txt")) {
            if (in == null) {
                throw new IOException("version.txt is missing from the embedded jar");
            }
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).strip();
        }
    }

    private static String platform() throws IOException {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "");
        String system =
                os.startsWith("linux") ? "linux" : os.startsWith("mac") ? "darwin" : "unsupported";
        String machine =
                switch (arch) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64", "arm64" -> "arm_64";
                    default -> "unsupported";
                };
        if (system.equals("unsupported") || machine.equals("unsupported")) {
            throw new IOException(
                    "there is no embedded PostgreSQL for "
                            + os
                            + " on "
                            + arch
                            + ", only for Linux and macOS on x86_64 and arm64. Run the services"
                            + " against servers of your own (docker-compose.yml shows how).");
        }
        return system + "-" + machine;
    }

    private static void unpack(String resource, Path directory) throws IOException {
        try (InputStream in = PostgresBinaries.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException(
                        resource
                                + " is not on the class path: the build chose the PostgreSQL of"
                                + " another machine. Build again on this one, or name it with"
                                + " -Dembedded-postgres.platform=linux-amd64|linux-arm64v8|"
                                + "darwin-amd64|darwin-arm64v8.");
            }
            Path unfinished =
                    Files.createTempDirectory(directory.toAbsolutePath().getParent(), "unpacking-");
            try (TarArchiveInputStream tar =
                    new TarArchiveInputStream(new XZCompressorInputStream(in))) {
                for (TarArchiveEntry entry = tar.getNextEntry();
                        entry != null;
                        entry = tar.getNextEntry()) {
                    write(tar, entry, unfinished);
                }
            }
            Files.createFile(unfinished.resolve(DONE));
            // Whoever runs the server as another account has to reach it.
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
            move(unfinished, directory);
        }
    }

    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path root)
            throws IOException {
        Path target = root.resolve(entry.getName()).normalize();
        if (!target.startsWith(root)) {
            throw new IOException("the archive leaves its directory: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, target, StandardCopyOption.REPLACE_EXISTING);
        boolean executable = (entry.getMode() & 0100) != 0;
        Set<PosixFilePermission> permissions =
                PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--");
        Files.setPosixFilePermissions(target, permissions);
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException _) {
            Files.move(from, to);
        }
    }
}
