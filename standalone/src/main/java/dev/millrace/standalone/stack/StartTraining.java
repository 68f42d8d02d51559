package dev.millrace.standalone.stack;

import dev.millrace.embedded.process.ChildCommand;
import dev.millrace.embedded.process.ChildProcess;
import dev.millrace.embedded.process.Signal;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Has a JVM learn what starting each service takes, once for each build, so that later starts and
 * restarts take a fraction of the time. Works beside the running stack, on its database, one
 * service after the other, with the lowest priority. A stack without it is slower, and nothing
 * else.
 */
final class StartTraining implements AutoCloseable {

    private final List<Lesson> lessons;
    private final DataDirectory data;
    private final Progress progress;
    private final Thread trainer;
    private @Nullable ChildProcess pupil;
    private boolean closed;

    StartTraining(List<Lesson> lessons, DataDirectory data, Progress progress) {
        this.lessons = List.copyOf(lessons);
        this.data = data;
        this.progress = progress;
        this.trainer = Thread.ofPlatform().name("trainer").daemon().unstarted(this::train);
    }

    /** Begins in the background with what has not been learned yet. */
    void start() {
        trainer.start();
    }

    private void train() {
        for (Lesson lesson : lessons) {
            try {
                if (!Files.exists(lesson.program().startCache())) {
                    train(lesson);
                }
            } catch (IOException e) {
                progress.note(lesson.name() + " will start no faster: " + e.getMessage());
            }
        }
    }

    private void train(Lesson lesson) throws IOException {
        Path cache = lesson.program().startCache();
        Path directory = Files.createTempDirectory(cache.getParent(), "learning-");
        Path learned = directory.resolve("start.aot");
        Path log = data.rotatedLog(lesson.name() + "-training");
        try {
            int exit = run(lesson, learned, log);
            if (isClosed()) {
                return;
            }
            if (exit != 0 || !Files.exists(learned)) {
                throw new IOException("its training ended with %d; see %s".formatted(exit, log));
            }
            Files.move(learned, cache, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            ServiceProgram.delete(directory);
        }
    }

    private int run(Lesson lesson, Path learned, Path log) throws IOException {
        List<String> command = new ArrayList<>(List.of("nice", "-n", "19"));
        command.addAll(lesson.program().training(learned));
        ChildProcess started;
        synchronized (this) {
            if (closed) {
                return 0;
            }
            started =
                    ChildProcess.start(
                            ChildCommand.of("training of " + lesson.name(), command, log)
                                    .withEnvironment(lesson.environment()));
            pupil = started;
        }
        return started.onExit().join();
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Ends it, done or not; what is half learned is forgotten. */
    @Override
    public void close() {
        ChildProcess running;
        synchronized (this) {
            closed = true;
            running = pupil;
        }
        if (running != null) {
            // The JVM leaves the writing of what it learned to another one.
            ProcessHandle.of(running.pid())
                    .ifPresent(
                            handle -> handle.descendants().forEach(ProcessHandle::destroyForcibly));
            running.stop(Signal.KILL, Duration.ofSeconds(5));
        }
        try {
            trainer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * What is to be learned.
     *
     * @param name of the service
     * @param environment that it starts in
     */
    record Lesson(String name, ServiceProgram program, Map<String, String> environment) {}
}
