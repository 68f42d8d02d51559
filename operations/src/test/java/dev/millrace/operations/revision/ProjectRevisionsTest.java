package dev.millrace.operations.revision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.ProjectLoader;
import dev.millrace.contracts.project.ProjectLoader.Kind;
import dev.millrace.contracts.project.source.SegmentSource;
import dev.millrace.contracts.warehouse.Role;
import dev.millrace.test.SettableClock;
import dev.millrace.test.TestWarehouse;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

import javax.sql.DataSource;

@ExtendWith(OutputCaptureExtension.class)
class ProjectRevisionsTest {

    private static final String WEB =
            """
            sources:
              - name: web
                type: segment
                write_key: ${WEB_WRITE_KEY}
            """;
    private static final String SHOP = WEB.replace("web", "shop");
    private static final String BROKEN =
            """
            sources:
              - name: web
                type: segmet
                writekey: ${WEB_WRITE_KEY}
            """;

    @TempDir private Path directory;

    private final SettableClock clock = SettableClock.at("2026-03-01T10:00:00Z");
    private final Map<String, String> environment =
            new HashMap<>(Map.of("WEB_WRITE_KEY", "first-key"));
    private final List<ProjectCheck> checks = new ArrayList<>();
    private TestWarehouse warehouse;

    @BeforeEach
    void prepare() throws IOException {
        warehouse = TestWarehouse.create();
        Flyway.configure()
                .dataSource(state())
                .defaultSchema("ingestion")
                .createSchemas(false)
                .placeholderReplacement(false)
                .locations("classpath:db/migration/operations")
                .load()
                .migrate();
        Files.createDirectory(directory.resolve("sources"));
        write(WEB);
    }

    @Test
    void aGoodProjectIsInForceFromTheStart() {
        ProjectRevisions revisions = start();

        assertThat(revisions.current().source("web")).isPresent();
        assertThat(revisions.state().loadedAt()).isEqualTo(clock.instant());
        assertThat(revisions.state().candidate()).isNull();
    }

    @Test
    void aChangeIsFollowed() throws Exception {
        ProjectRevisions revisions = start();
        String first = revisions.current().revision();
        clock.advance(Duration.ofMinutes(1));
        write(SHOP);

        revisions.refresh();

        assertThat(revisions.current().source("shop")).isPresent();
        assertThat(revisions.current().revision()).isNotEqualTo(first);
        assertThat(revisions.state().loadedAt()).isEqualTo(clock.instant());
    }

    @Test
    void contentsCountAndTimesDoNot() throws Exception {
        ProjectRevisions revisions = start();
        Instant since = revisions.state().loadedAt();
        List<Project> heard = new ArrayList<>();
        revisions.subscribe(heard::add);
        clock.advance(Duration.ofMinutes(1));
        write(WEB);

        revisions.refresh();

        assertThat(heard).hasSize(1);
        assertThat(revisions.state().loadedAt()).isEqualTo(since);
    }

    @Test
    void aBrokenRevisionChangesNothingAndTellsWhy(CapturedOutput output) throws Exception {
        ProjectRevisions revisions = start();
        Project good = revisions.current();
        clock.advance(Duration.ofMinutes(1));
        write(BROKEN);

        revisions.refresh();
        revisions.refresh();
        revisions.refresh();

        assertThat(revisions.current()).isSameAs(good);
        Candidate candidate = candidate(revisions);
        assertThat(candidate.seenAt()).isEqualTo(clock.instant());
        assertThat(candidate.revision()).isNotNull().isNotEqualTo(good.revision());
        assertThat(candidate.problems())
                .extracting(Problem::toString)
                .anyMatch(text -> text.startsWith("sources/all.yml:3:") && text.contains("segmet"));
        assertThat(revisions.failures()).as("counted once").isEqualTo(1);
        assertThat(output.getAll().split("cannot come into force", -1))
                .as("logged once")
                .hasSize(2);
    }

    @Test
    void aCorrectedRevisionComesIntoForce() throws Exception {
        ProjectRevisions revisions = start();
        write(BROKEN);
        revisions.refresh();
        write(SHOP);

        revisions.refresh();

        assertThat(revisions.current().source("shop")).isPresent();
        assertThat(revisions.state().candidate()).isNull();
    }

    @Test
    void goingBackToTheRevisionInForceForgetsTheBrokenOne(CapturedOutput output) throws Exception {
        ProjectRevisions revisions = start();
        write(BROKEN);
        revisions.refresh();
        write(WEB);

        revisions.refresh();

        assertThat(revisions.state().candidate()).isNull();
        assertThat(output).contains("is back at revision");
    }

    @Test
    void eachBrokenRevisionIsTold() throws Exception {
        ProjectRevisions revisions = start();
        write(BROKEN);
        revisions.refresh();
        String first = candidate(revisions).revision();
        write(BROKEN + "# still\n");

        revisions.refresh();

        assertThat(candidate(revisions).revision()).isNotEqualTo(first);
        assertThat(revisions.failures()).isEqualTo(2);
    }

    @Test
    void twoQuickEditsEndAtTheLast() throws Exception {
        ProjectRevisions revisions = start();
        List<String> heard = new ArrayList<>();
        revisions.subscribe(project -> heard.add(project.sources().getFirst().name()));
        write(SHOP);
        write(WEB.replace("web", "last"));

        revisions.refresh();
        revisions.refresh();

        assertThat(heard).containsExactly("web", "last");
    }

    @Test
    void aDirectoryThatGoesAwayAndComesBackIsToldAndForgotten() throws Exception {
        ProjectRevisions revisions = start();
        Path away = directory.resolveSibling(directory.getFileName() + "-away");
        Files.move(directory, away);

        revisions.refresh();
        revisions.refresh();

        assertThat(revisions.current().source("web")).isPresent();
        assertThat(candidate(revisions).revision()).isNull();
        assertThat(candidate(revisions).problems().getFirst().message())
                .contains("no project directory at");
        assertThat(revisions.failures()).isEqualTo(1);

        Files.move(away, directory);
        revisions.refresh();
        assertThat(revisions.state().candidate()).isNull();
    }

    @Test
    void anEmptyDirectoryIsNoProject() throws Exception {
        ProjectRevisions revisions = start();
        Files.delete(directory.resolve("sources/all.yml"));

        revisions.refresh();

        assertThat(revisions.current().source("web")).as("a failed checkout").isPresent();
        assertThat(candidate(revisions).problems().getFirst().message()).contains("no files");
    }

    @Test
    void aHugeFileIsToldAndTheServiceGoesOn() throws Exception {
        ProjectRevisions revisions = start();
        Path seed = Files.createDirectory(directory.resolve("seeds")).resolve("big.csv");
        try (var file =
                Files.newByteChannel(
                        seed, EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE))) {
            file.position(33L << 20).write(ByteBuffer.wrap(new byte[] {1}));
        }

        revisions.refresh();

        assertThat(revisions.current().source("web")).isPresent();
        assertThat(candidate(revisions).problems().getFirst().message())
                .contains("seeds/big.csv is over 32 MiB");
    }

    @Test
    void theVersionsBehindAConfigMapAreFollowedThroughItsLinks() throws Exception {
        Path mount = Files.createDirectory(directory.resolve("mount"));
        configMapVersion(mount, "..1", WEB);
        Files.createSymbolicLink(mount.resolve("..data"), Path.of("..1"));
        Files.createSymbolicLink(mount.resolve("sources"), Path.of("..data/sources"));
        ProjectRevisions revisions = start(mount);
        configMapVersion(mount, "..2", SHOP);
        Files.createSymbolicLink(mount.resolve("..tmp"), Path.of("..2"));
        Files.move(mount.resolve("..tmp"), mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

        revisions.refresh();

        assertThat(revisions.current().source("shop")).isPresent();
        assertThat(revisions.current().files().contents().keySet())
                .containsExactly("sources/all.yml");
    }

    @Test
    void whatAServiceChecksItselfIsToldTheSameWay() throws Exception {
        checks.add(
                (project, problems) -> {
                    if (project.source("shop").isPresent()) {
                        problems.add(new Position("model/a.yml", 7, 3), "no shop here");
                    }
                });
        ProjectRevisions revisions = start();
        write(SHOP);

        revisions.refresh();

        assertThat(revisions.current().source("web")).isPresent();
        assertThat(candidate(revisions).problems())
                .extracting(Problem::toString)
                .containsExactly("model/a.yml:7:3: no shop here");
    }

    @Test
    void aCheckThatFailsIsAProblemOfTheRevision() throws Exception {
        checks.add(
                (project, problems) -> {
                    if (project.source("shop").isPresent()) {
                        throw new IllegalStateException("a mistake in the check");
                    }
                });
        ProjectRevisions revisions = start();
        write(SHOP);

        revisions.refresh();

        assertThat(revisions.current().source("web")).isPresent();
        assertThat(candidate(revisions).problems().getFirst().message())
                .contains("a mistake in the check");
    }

    @Test
    void subscribersHearOfTheRevisionInForceAndOfEachLaterOne() throws Exception {
        ProjectRevisions revisions = start();
        List<String> heard = new ArrayList<>();
        revisions.subscribe(project -> heard.add(project.sources().getFirst().name()));
        write(SHOP);
        revisions.refresh();
        write(BROKEN);
        revisions.refresh();
        write(WEB);
        revisions.refresh();

        assertThat(heard).containsExactly("web", "shop", "web");
    }

    @Test
    void aSubscriberThatFailsKeepsNoOtherFromHearing() throws Exception {
        ProjectRevisions revisions = start();
        List<String> heard = new ArrayList<>();
        revisions.subscribe(
                project -> {
                    if (project.source("shop").isPresent()) {
                        throw new IllegalStateException("I do not like shops");
                    }
                });
        revisions.subscribe(project -> heard.add(project.sources().getFirst().name()));
        write(SHOP);

        revisions.refresh();

        assertThat(heard).containsExactly("web", "shop");
    }

    @Test
    void whatIsDerivedIsMadeOnceForEachRevision() throws Exception {
        ProjectRevisions revisions = start();
        List<String> made = new ArrayList<>();
        Supplier<String> name =
                revisions.derived(
                        project -> {
                            made.add(project.revision());
                            return project.sources().getFirst().name();
                        });

        assertThat(name.get() + name.get()).isEqualTo("webweb");
        write(SHOP);
        revisions.refresh();
        assertThat(name.get()).isEqualTo("shop");
        assertThat(made).hasSize(2);
    }

    @Test
    void theFirstStartWithoutAGoodRevisionIsRefusedWithAllProblems() throws Exception {
        write(BROKEN);

        assertThatThrownBy(this::start)
                .isInstanceOf(NoGoodRevisionException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("sources/all.yml:3:")
                .hasMessageContaining("segmet")
                .hasMessageContaining("No good revision was in force before");
    }

    @Test
    void theFirstStartWithoutADirectoryIsRefused() {
        assertThatThrownBy(() -> start(directory.resolve("nowhere")))
                .isInstanceOf(NoGoodRevisionException.class)
                .hasMessageContaining("no project directory at");
    }

    @Test
    void aRestartWithABrokenDirectoryUsesTheLastGoodRevision() throws Exception {
        ProjectRevisions before = start();
        write(BROKEN);
        clock.advance(Duration.ofHours(1));

        ProjectRevisions after = start();

        assertThat(after.current().revision()).isEqualTo(before.current().revision());
        assertThat(after.state().loadedAt()).isEqualTo(before.state().loadedAt());
        assertThat(candidate(after).problems()).isNotEmpty();
        assertThat(after.failures()).isEqualTo(1);
        write(SHOP);
        after.refresh();
        assertThat(after.current().source("shop")).isPresent();
    }

    @Test
    void aRestartWithoutADirectoryUsesTheLastGoodRevision() throws Exception {
        start();
        remove(directory.resolve("sources"));

        assertThat(start(directory.resolve("nowhere")).current().source("web")).isPresent();
    }

    @Test
    void theLastGoodRevisionTakesItsSecretsFromTheEnvironmentOfNow() throws Exception {
        start();
        write(BROKEN);
        environment.put("WEB_WRITE_KEY", "second-key");

        SegmentSource web = (SegmentSource) start().current().source("web").orElseThrow();

        assertThat(web.writeKey()).isEqualTo("second-key");
    }

    @Test
    void noSecretIsStored() throws Exception {
        start();

        String stored =
                JdbcClient.create(state())
                        .sql("SELECT encode(files, 'escape') FROM project_revision")
                        .query(String.class)
                        .single();
        assertThat(stored).doesNotContain("first-key");
    }

    @Test
    void aLastGoodRevisionThatLacksItsSecretsIsRefusedWithBothReasons() throws Exception {
        start();
        write(BROKEN);
        environment.clear();

        assertThatThrownBy(this::start)
                .isInstanceOf(NoGoodRevisionException.class)
                .hasMessageContaining("segmet")
                .hasMessageContaining("Nor can the last good revision")
                .hasMessageContaining("WEB_WRITE_KEY is not set");
    }

    @Test
    void aRestartWithTheSameRevisionTellsSinceWhenItIsInForce() throws Exception {
        Instant since = start().state().loadedAt();
        clock.advance(Duration.ofDays(3));

        assertThat(start().state().loadedAt()).isEqualTo(since);
    }

    @Test
    void goingBackToAnOlderRevisionMakesItTheLastGoodOne() throws Exception {
        ProjectRevisions revisions = start();
        clock.advance(Duration.ofMinutes(1));
        write(SHOP);
        revisions.refresh();
        revisions.save();
        clock.advance(Duration.ofMinutes(1));
        write(WEB);
        revisions.refresh();
        revisions.save();
        write(BROKEN);

        ProjectRevisions after = start();

        assertThat(after.current().source("web")).isPresent();
        assertThat(after.state().loadedAt()).isEqualTo(clock.instant());
    }

    @Test
    void aRevisionIsInForceEvenWhileItCannotBeStoredAndIsStoredLater() throws Exception {
        ProjectRevisions revisions = start();
        warehouse.execute(Role.INGESTION, "ALTER TABLE ingestion.project_revision RENAME TO away");
        clock.advance(Duration.ofMinutes(1));
        write(SHOP);
        revisions.refresh();
        revisions.save();
        assertThat(revisions.current().source("shop")).isPresent();

        warehouse.execute(Role.INGESTION, "ALTER TABLE ingestion.away RENAME TO project_revision");
        revisions.save();

        write(BROKEN);
        assertThat(start().current().source("shop")).isPresent();
    }

    @Test
    void aDatabaseThatDoesNotAnswerKeepsNoRevisionFromComingIntoForce() throws Exception {
        ProjectRevisions revisions = start();
        try (Connection connection = warehouse.connection(Role.INGESTION);
                Statement statement = connection.createStatement();
                ExecutorService saving = Executors.newVirtualThreadPerTaskExecutor()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE ingestion.project_revision");
            clock.advance(Duration.ofMinutes(1));
            write(SHOP);
            revisions.refresh();
            Future<?> saved = saving.submit(revisions::save);
            clock.advance(Duration.ofMinutes(1));
            write(WEB);
            revisions.refresh();

            assertThat(revisions.current().source("web")).isPresent();
            assertThat(saved.isDone()).isFalse();
            connection.rollback();
            saved.get();
        }
        revisions.save();
        write(BROKEN);
        assertThat(start().state().loadedAt()).isEqualTo(clock.instant());
    }

    @Test
    void onlyReadingCountsAsWorkAndWaitingDoesNot() throws Exception {
        ProjectRevisions revisions = start(directory, Duration.ofMillis(300));
        write(SHOP);

        assertThat(revisions.refresh()).isPositive().isLessThan(Duration.ofMillis(300));
        assertThat(revisions.current().source("shop")).isPresent();
        Duration second = Duration.ofSeconds(1);
        assertThat(RevisionPolling.pauseAfter(Duration.ofMillis(10), second)).isEqualTo(second);
        assertThat(RevisionPolling.pauseAfter(Duration.ofMillis(100), second))
                .isEqualTo(Duration.ofMillis(1900));
    }

    @Test
    void onlyTheNewestRevisionsAreKept() throws Exception {
        ProjectRevisions revisions = start();
        for (int i = 0; i < 25; i++) {
            clock.advance(Duration.ofMinutes(1));
            write(WEB.replace("web", "web_" + i));
            revisions.refresh();
            revisions.save();
        }

        assertThat(
                        JdbcClient.create(state())
                                .sql("SELECT count(*) FROM project_revision")
                                .query(Integer.class)
                                .single())
                .isEqualTo(20);
        write(BROKEN);
        assertThat(start().current().source("web_24")).isPresent();
    }

    private static Candidate candidate(ProjectRevisions revisions) {
        return Objects.requireNonNull(revisions.state().candidate());
    }

    private ProjectRevisions start() {
        return start(directory);
    }

    private ProjectRevisions start(Path project) {
        return start(project, Duration.ofMillis(2));
    }

    private ProjectRevisions start(Path project, Duration settle) {
        DataSource state = state();
        return new ProjectRevisions(
                new ProjectDirectory(new ProjectSettings(project, Duration.ofSeconds(1), settle)),
                new ProjectReader(
                        new ProjectLoader(Environment.of(environment), Set.of(Kind.SOURCES)),
                        checks),
                new RevisionStore(
                        JdbcClient.create(state),
                        new TransactionTemplate(new DataSourceTransactionManager(state))),
                clock);
    }

    private DataSource state() {
        PGSimpleDataSource state = new PGSimpleDataSource();
        state.setURL(warehouse.url());
        state.setUser(warehouse.username(Role.INGESTION));
        state.setPassword(warehouse.password(Role.INGESTION));
        state.setCurrentSchema("ingestion");
        return state;
    }

    private void write(String sources) throws IOException {
        Files.writeString(directory.resolve("sources/all.yml"), sources);
    }

    private static void configMapVersion(Path mount, String name, String sources)
            throws IOException {
        Path version = Files.createDirectories(mount.resolve(name).resolve("sources"));
        Files.writeString(version.resolve("all.yml"), sources);
    }

    private static void remove(Path tree) throws IOException {
        Files.walkFileTree(
                tree,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }
                });
        Files.delete(tree);
    }
}
