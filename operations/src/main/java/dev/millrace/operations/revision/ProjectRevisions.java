package dev.millrace.operations.revision;

import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.ProjectFiles;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The revision of the project that the service follows: the newest one without mistakes. A broken
 * newer one changes nothing but what {@code GET /operator/project} tells.
 */
public final class ProjectRevisions {

    private static final Logger log = LoggerFactory.getLogger(ProjectRevisions.class);

    private final ProjectDirectory directory;
    private final ProjectReader reader;
    private final RevisionStore store;
    private final Clock clock;
    private final List<Consumer<Project>> subscribers = new CopyOnWriteArrayList<>();
    private final AtomicLong failures = new AtomicLong();

    private volatile State state;
    private volatile @Nullable State stored;

    /**
     * All that readers see, changed at once.
     *
     * @param project what is in force
     * @param loadedAt since when
     * @param candidate what is in the directory instead, if that is broken
     */
    record State(Project project, Instant loadedAt, @Nullable Candidate candidate) {

        State with(@Nullable Candidate other) {
            return new State(project, loadedAt, other);
        }

        boolean isSameAs(State other) {
            return project.revision().equals(other.project.revision())
                    && loadedAt.equals(other.loadedAt);
        }
    }

    /**
     * Takes the directory's revision into force, or else the last good one.
     *
     * @throws NoGoodRevisionException if there is neither
     */
    ProjectRevisions(
            ProjectDirectory directory, ProjectReader reader, RevisionStore store, Clock clock) {
        this.directory = directory;
        this.reader = reader;
        this.store = store;
        this.clock = clock;
        this.state = begin();
        log.info(
                "Project revision {} of {} is in force: {} files",
                current().revision(),
                directory.path(),
                current().files().contents().size());
        current().warnings().forEach(warning -> log.warn("{}", warning));
    }

    /** The project in force. Work that must not change its mind midway asks once. */
    public Project current() {
        return state.project();
    }

    /**
     * Hands over the project in force at once, and each later one when it comes into force, in
     * order. A subscriber that fails keeps no other from hearing of the revision.
     */
    public synchronized void subscribe(Consumer<Project> subscriber) {
        subscriber.accept(current());
        subscribers.add(subscriber);
    }

    /** What a function makes of the project in force, made once for each revision. */
    public <T> Supplier<T> derived(Function<Project, T> function) {
        AtomicReference<T> latest = new AtomicReference<>();
        subscribe(project -> latest.set(function.apply(project)));
        return latest::get;
    }

    State state() {
        return state;
    }

    /** How often something in the directory could not come into force. */
    long failures() {
        return failures.get();
    }

    /**
     * Looks at the directory, and follows it if it changed for the better.
     *
     * @return how long the directory was read
     */
    synchronized Duration refresh() throws InterruptedException {
        switch (look(current().revision())) {
            case Same _ -> {
                if (state.candidate() != null) {
                    log.info("The project is back at revision {}", current().revision());
                    state = state.with(null);
                }
            }
            case Known _ -> {}
            case Good(Project project) -> adopt(project);
            case Bad(Candidate candidate) -> refuse(candidate);
        }
        return directory.timeOfReading();
    }

    /** Stores the revision in force, unless that is done. */
    void save() {
        State good = state;
        State last = stored;
        if (last == null || !last.isSameAs(good)) {
            save(good);
        }
    }

    private sealed interface Finding {}

    private record Same() implements Finding {}

    private record Known() implements Finding {}

    private record Good(Project project) implements Finding {}

    private record Bad(Candidate candidate) implements Finding {}

    private Finding look(String inForce) throws InterruptedException {
        ProjectFiles files;
        try {
            files = directory.read(inForce);
        } catch (IOException e) {
            return bad(null, List.of(problem(".", String.valueOf(e.getMessage()))));
        }
        if (files.revision().equals(inForce)) {
            return new Same();
        }
        Candidate before = candidate();
        if (before != null && before.hasRevision(files.revision())) {
            return new Known();
        }
        return judge(files);
    }

    private Finding judge(ProjectFiles files) {
        try {
            return new Good(reader.read(files));
        } catch (InvalidProjectException e) {
            return bad(files.revision(), e.problems());
        } catch (RuntimeException | StackOverflowError e) {
            log.error("Revision {} of the project cannot be checked", files.revision(), e);
            return bad(files.revision(), List.of(problem(".", "the check failed with " + e)));
        }
    }

    private Bad bad(@Nullable String revision, List<Problem> problems) {
        return new Bad(new Candidate(revision, problems, now()));
    }

    private static Problem problem(String file, String message) {
        return new Problem(new Position(file, 1, 1), message);
    }

    private @Nullable Candidate candidate() {
        State now = state;
        return now == null ? null : now.candidate();
    }

    private void adopt(Project project) {
        state = new State(project, now(), null);
        log.info(
                "Project revision {} is in force: {} files",
                project.revision(),
                project.files().contents().size());
        project.warnings().forEach(warning -> log.warn("{}", warning));
        for (Consumer<Project> subscriber : subscribers) {
            try {
                subscriber.accept(project);
            } catch (RuntimeException e) {
                log.error("Not all of the service follows revision {}", project.revision(), e);
            }
        }
    }

    private void refuse(Candidate candidate) {
        if (candidate.isSameAs(state.candidate())) {
            return;
        }
        failures.incrementAndGet();
        state = state.with(candidate);
        log.warn(
                "{} of the project cannot come into force, {} stays:\n{}",
                candidate.revision() == null ? "The directory" : "Revision " + candidate.revision(),
                current().revision(),
                candidate.problems().stream()
                        .map(Problem::toString)
                        .collect(Collectors.joining("\n")));
    }

    private void save(State good) {
        try {
            store.save(good.project().files(), good.loadedAt());
            stored = good;
        } catch (RuntimeException e) {
            log.warn("Revision {} is not yet stored, and will be", good.project().revision(), e);
        }
    }

    private State begin() {
        Optional<RevisionStore.Stored> last = store.newest();
        Finding finding;
        try {
            finding = look("");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the project was read", e);
        }
        return switch (finding) {
            case Good(Project project) -> beginWith(project, last);
            case Bad(Candidate candidate) -> fallBack(candidate, last);
            case Same _, Known _ -> throw new IllegalStateException("nothing is in force yet");
        };
    }

    private State beginWith(Project project, Optional<RevisionStore.Stored> last) {
        Optional<Instant> since =
                last.filter(l -> l.files().revision().equals(project.revision()))
                        .map(RevisionStore.Stored::loadedAt);
        State begun = new State(project, since.orElseGet(this::now), null);
        if (since.isPresent()) {
            stored = begun;
        } else {
            save(begun);
        }
        return begun;
    }

    private State fallBack(Candidate candidate, Optional<RevisionStore.Stored> last) {
        if (last.isEmpty()) {
            throw new NoGoodRevisionException(
                    directory.path(),
                    candidate.problems(),
                    "No good revision was in force before that the service could start with.");
        }
        return switch (judge(last.get().files())) {
            case Good(Project project) -> {
                failures.incrementAndGet();
                log.warn(
                        "The project at {} has mistakes; the service starts with the last good"
                                + " revision {}:\n{}",
                        directory.path(),
                        project.revision(),
                        candidate.problems().stream()
                                .map(Problem::toString)
                                .collect(Collectors.joining("\n")));
                State begun = new State(project, last.get().loadedAt(), candidate);
                stored = begun;
                yield begun;
            }
            case Bad(Candidate old) ->
                    throw new NoGoodRevisionException(
                            directory.path(),
                            candidate.problems(),
                            "Nor can the last good revision %s:%n%s"
                                    .formatted(
                                            old.revision(),
                                            old.problems().stream()
                                                    .map(problem -> "  " + problem)
                                                    .collect(
                                                            Collectors.joining(
                                                                    System.lineSeparator()))));
            case Same _, Known _ -> throw new IllegalStateException("a judgement is good or bad");
        };
    }

    private Instant now() {
        // PostgreSQL keeps microseconds; what is told before and after a restart is the same.
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
