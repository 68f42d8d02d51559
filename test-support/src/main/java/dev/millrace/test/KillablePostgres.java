package dev.millrace.test;

import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.embedded.postgres.PostgresSettings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletionException;

/** A PostgreSQL of a test's own, which can be killed and comes back with what it had. */
public final class KillablePostgres implements AutoCloseable {

    private final Path directory;
    private EmbeddedPostgres server;

    private KillablePostgres(Path directory, EmbeddedPostgres server) {
        this.directory = directory;
        this.server = server;
    }

    /** Starts a server that keeps its data in a directory, which is the caller's to delete. */
    public static KillablePostgres start(Path directory) {
        return new KillablePostgres(directory, start(directory, 0));
    }

    private static EmbeddedPostgres start(Path directory, int port) {
        try {
            return EmbeddedPostgres.start(
                    new PostgresSettings(
                            directory, TestServers.binariesCache(), port, false, Map.of()));
        } catch (IOException e) {
            throw new IllegalStateException("cannot start PostgreSQL", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting PostgreSQL", e);
        }
    }

    /** A new database on it. */
    public TestWarehouse warehouse() {
        return TestWarehouse.create(server);
    }

    /** Ends the server without a word, as a crash does, and returns when it is gone. */
    public void kill() {
        try {
            ProcessHandle.of(server.process().pid()).ifPresent(ProcessHandle::destroyForcibly);
            server.process().onExit().join();
            server.close();
        } catch (CompletionException | IOException e) {
            throw new IllegalStateException("cannot kill PostgreSQL", e);
        }
    }

    /** Starts it again where it was, after {@link #kill()}. */
    public void restart() {
        server = start(directory, server.port());
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
