package dev.millrace.embedded.postgres;

import dev.millrace.embedded.process.PrivateFiles;
import dev.millrace.embedded.process.UnprivilegedAccount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The data directory of a server and its superuser's password, made at the first start. */
final class PostgresCluster {

    static final String SUPERUSER = "postgres";

    private final Path home;
    private final PostgresBinaries binaries;
    private final Optional<UnprivilegedAccount> account;

    private PostgresCluster(
            Path home, PostgresBinaries binaries, Optional<UnprivilegedAccount> account) {
        this.home = home;
        this.binaries = binaries;
        this.account = account;
    }

    static PostgresCluster prepare(PostgresSettings settings) throws IOException {
        Path home = settings.directory();
        // Others may pass, which the server's account needs, but see nothing.
        PrivateFiles.directory(home, "rwx--x--x");
        PostgresBinaries binaries = PostgresBinaries.unpacked(settings.binaries());
        Optional<UnprivilegedAccount> account =
                UnprivilegedAccount.whenRoot(home, binaries.directory());
        PostgresCluster cluster = new PostgresCluster(home, binaries, account);
        if (!Files.exists(cluster.data())) {
            cluster.initialise(settings.durable());
        }
        return cluster;
    }

    Path data() {
        return home.resolve("data");
    }

    Path log() {
        return home.resolve("postgres.log");
    }

    PostgresBinaries binaries() {
        return binaries;
    }

    Optional<UnprivilegedAccount> account() {
        return account;
    }

    String password() throws IOException {
        return password(home);
    }

    /** That of the server in this directory. */
    static String password(Path home) throws IOException {
        return Files.readString(passwordFile(home)).strip();
    }

    private static Path passwordFile(Path home) {
        return home.resolve("superuser.password");
    }

    /** Makes the data directory aside and renames it, so that a crash leaves all of it or none. */
    private void initialise(boolean durable) throws IOException {
        Path unfinished = home.resolve("data.unfinished");
        deleteRecursively(unfinished);
        String password = newPassword();
        PrivateFiles.write(passwordFile(home), password);
        Path forInitdb = home.resolve("password.initdb");
        PrivateFiles.write(forInitdb, password);
        Files.createDirectory(
                unfinished,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        if (account.isPresent()) {
            account.get().own(forInitdb);
            account.get().own(unfinished);
        }
        try {
            List<String> command = new ArrayList<>();
            command.add(binaries.program("initdb").toString());
            command.addAll(
                    List.of(
                            "--pgdata=" + unfinished,
                            "--username=" + SUPERUSER,
                            "--pwfile=" + forInitdb,
                            "--auth=scram-sha-256",
                            "--encoding=UTF8",
                            "--locale-provider=builtin",
                            "--locale=C.UTF-8",
                            "--no-instructions"));
            if (!durable) {
                command.add("--no-sync");
            }
            PostgresProgram.run(command, account, home);
        } finally {
            Files.deleteIfExists(forInitdb);
        }
        Files.move(unfinished, data(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String newPassword() {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static void deleteRecursively(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(directory)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }
}
