package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.test.KillableKafka;
import dev.millrace.test.KillablePostgres;
import dev.millrace.test.TestKafka;
import dev.millrace.test.TestWarehouse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;

/** What landing depends on fails in the middle of batches, and comes back. */
@Timeout(300)
class LandingFaultsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** So many records take landers of small batches a second or two. */
    private static final int ROUND = 10_000;

    @TempDir Path directory;

    /** Every record that the broker acknowledged is in the table once, and none is elsewhere. */
    private static void awaitAllOnce(LandingStage stage, int records) {
        stage.awaitOffset(stage.clicks(), records, PATIENCE);
        assertThat(stage.one("SELECT count(*) || ' ' || count(DISTINCT n) FROM $S.click"))
                .isEqualTo("[%1$d %1$d]".formatted(records));
        assertThat(stage.one("SELECT count(*) FROM transform.quarantine WHERE source = '$S'"))
                .isEqualTo("[0]");
    }

    /** Has each row of clicks run a statement as it is written, with its running number in N. */
    private static void withTrigger(LandingStage stage, String statement) {
        stage.sql
                .sql(
                        """
                        CREATE SEQUENCE $S.written;
                        CREATE FUNCTION $S.fail() RETURNS trigger LANGUAGE plpgsql AS $$
                        DECLARE N bigint := nextval('$S.written');
                        BEGIN
                          $STATEMENT
                          RETURN new;
                        END $$;
                        CREATE TRIGGER fail BEFORE INSERT ON $S.click
                          FOR EACH ROW EXECUTE FUNCTION $S.fail()\
                        """
                                .replace("$STATEMENT", statement)
                                .replace("$S", stage.source))
                .update();
    }

    private static void landFirstRow(LandingStage stage) {
        stage.sendClicks(0, 1);
        stage.start("g-" + stage.source, stage.database, 500);
        stage.awaitRows("click", 1);
    }

    @Test
    void connectionsLostInTheMiddleOfCopiesLoseAndDoubleNothing() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.withTopic(stage.clicks(), 3);
            landFirstRow(stage);
            withTrigger(
                    stage,
                    """
                    IF N % 701 = 0 AND N < 4000 THEN
                      PERFORM pg_terminate_backend(pg_backend_pid());
                    END IF;\
                    """);

            stage.sendClicks(1, 2_999);

            awaitAllOnce(stage, 3_000);
            assertThat(Long.parseLong(digits(stage.one("SELECT last_value FROM $S.written"))))
                    .as("rows were written that were lost")
                    .isGreaterThan(3_500);
        }
    }

    @Test
    void aFullDiskStopsLandingUntilThereIsRoomAgain() {
        try (LandingStage stage = LandingStage.plain()) {
            stage.withTopic(stage.clicks(), 3);
            landFirstRow(stage);
            withTrigger(
                    stage,
                    """
                    IF N >= 300 THEN
                      RAISE EXCEPTION 'could not extend file: No space left on device'
                        USING ERRCODE = 'disk_full';
                    END IF;\
                    """);
            stage.sendClicks(1, 999);
            await().atMost(PATIENCE)
                    .until(() -> stage.meters.counter("millrace.landing.failures").count() >= 2);
            assertThat(stage.count("click")).isLessThan(1_000);

            stage.sql.sql("DROP TRIGGER fail ON \"%s\".click".formatted(stage.source)).update();

            awaitAllOnce(stage, 1_000);
        }
    }

    @Test
    void aDatabaseThatIsKilledComesBackToEveryRecordOnce() throws Exception {
        try (KillablePostgres postgres = KillablePostgres.start(directory);
                LandingStage stage =
                        LandingStage.plain(postgres.warehouse(), TestKafka.bootstrapServers())) {
            stage.withTopic(stage.clicks(), 3);
            stage.start("g-" + stage.source, stage.database, 100);
            for (int round = 0; round < 3; round++) {
                stage.sendClicks(round * ROUND, ROUND);
                stage.awaitRows("click", round * ROUND + 200);
                postgres.kill();
                postgres.restart();
            }

            awaitAllOnce(stage, 3 * ROUND);
        }
    }

    @Test
    void aBrokerThatIsKilledComesBackToEveryRecordOnce() throws Exception {
        try (KillableKafka kafka = KillableKafka.start(directory);
                LandingStage stage =
                        LandingStage.plain(TestWarehouse.create(), kafka.bootstrapServers())) {
            kafka.createTopic(stage.clicks(), 3);
            stage.start("g-" + stage.source, stage.database, 100);
            for (int round = 0; round < 3; round++) {
                stage.sendClicks(round * ROUND, ROUND);
                stage.awaitRows("click", round * ROUND + 200);
                kafka.kill();
                kafka.restart();
            }

            awaitAllOnce(stage, 3 * ROUND);
        }
    }

    private static String digits(String text) {
        return text.replaceAll("\\D", "");
    }
}
