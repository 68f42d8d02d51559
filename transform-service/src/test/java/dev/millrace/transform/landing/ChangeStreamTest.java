package dev.millrace.transform.landing;

import static dev.millrace.transform.landing.ChangeStage.change;
import static dev.millrace.transform.landing.ChangeStage.record;
import static dev.millrace.transform.landing.ChangeStage.truncate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.transform.landing.ChangeStage.Written;
import dev.millrace.transform.schema.Relation;

import org.apache.kafka.clients.consumer.GroupProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class ChangeStreamTest {

    private static final String DEBEZIUM = "format: debezium";
    private static final String ROWS = "SELECT concat_ws('|', id, a, b) FROM $S.row ORDER BY id";

    @Test
    void theNewestChangeOfAKeyIsItsRow() {
        try (ChangeStage stage = new ChangeStage(DEBEZIUM)) {
            stage.land(
                    change("c", 1, 10, "{\"id\":1,\"a\":\"x\",\"b\":1}"),
                    change("r", 2, 10, "{\"id\":2,\"a\":\"y\",\"b\":null}"),
                    change("u", 1, 20, "{\"id\":1,\"a\":null,\"b\":2}"));
            assertThat(stage.rows(ROWS)).containsExactly("1|2", "2|y");

            stage.land(
                    change("u", 2, 30, "{\"id\":2,\"a\":\"z\",\"b\":3}"),
                    change("d", 1, 40, null),
                    record("{\"id\":1}", null));
            assertThat(stage.rows(ROWS)).containsExactly("2|z|3");
            assertThat(
                            stage.one(
                                    """
                                    SELECT concat_ws(' ', _mr_id, _mr_position, _mr_column_position,
                                      _mr_event_at AT TIME ZONE 'UTC')
                                    FROM $S.row\
                                    """))
                    .isEqualTo("2 {1,1,30,30,3} 2023-11-14 22:13:50");
            assertThat(stage.quarantined()).isEmpty();
        }
    }

    @Test
    void aChangeThatComesLateOverwritesNothing() {
        try (ChangeStage stage = new ChangeStage(DEBEZIUM)) {
            stage.land(change("u", 1, 20, "{\"id\":1,\"a\":\"new\"}"));
            stage.land(change("c", 1, 10, "{\"id\":1,\"a\":\"old\"}"));
            stage.land(change("u", 1, 20, "{\"id\":1,\"a\":\"new\"}"));

            assertThat(stage.rows("SELECT a FROM $S.row")).containsExactly("new");
        }
    }

    @Test
    void anUpdateOfADeclaredKeyMovesTheRow() {
        try (ChangeStage stage = new ChangeStage("format: debezium, primary_key: [sku]")) {
            stage.land(change("c", 1, 10, "{\"sku\":\"a\",\"n\":1}"));
            stage.land(
                    record(
                            null,
                            """
                            {"before":{"sku":"a","n":1},"after":{"sku":"b","n":2},
                            "source":{"connector":"postgresql","ts_ms":1,"lsn":20},"op":"u"}\
                            """));

            assertThat(stage.rows("SELECT sku || n FROM $S.row")).containsExactly("b2");
            assertThat(stage.quarantined()).isEmpty();
        }
    }

    @Test
    void aKeyThatGetsAnotherColumnNeedsAnotherTable() {
        try (ChangeStage stage = new ChangeStage(DEBEZIUM)) {
            stage.land(change("c", 1, 10, "{\"id\":1,\"a\":\"x\"}"));
            stage.land(
                    record(
                            "{\"id\":1,\"region\":\"eu\"}",
                            """
                            {"before":null,"after":{"id":1,"region":"eu","a":"y"},
                            "source":{"connector":"postgresql","ts_ms":1,"lsn":20},"op":"c"}\
                            """));

            assertThat(stage.rows("SELECT a FROM $S.row")).containsExactly("x");
            assertThat(stage.quarantined())
                    .singleElement()
                    .asString()
                    .contains("was made for another key", "rename or drop it");
        }
    }

    @Test
    void aChangeThatWasCommittedAfterASnapshotIsNewerThanIt() {
        try (ChangeStage stage = new ChangeStage(DEBEZIUM)) {
            stage.land(change("r", 1, 100, "{\"id\":1,\"a\":\"old\"}"));
            // Written at 90, and committed after 105, which the snapshot had not seen.
            stage.land(
                    record(
                            "{\"id\":1}",
                            """
                            {"before":null,"after":{"id":1,"a":"new"},"source":{
                            "connector":"postgresql","ts_ms":1,"lsn":90,
                            "sequence":"[\\"105\\",\\"90\\"]"},"op":"u"}\
                            """));

            assertThat(stage.rows("SELECT a FROM $S.row")).containsExactly("new");
        }
    }

    @Test
    void nobodyElseChangesATableWhileADeleteIsMerged() throws Exception {
        try (ChangeStage stage = new ChangeStage(DEBEZIUM);
                Connection other = stage.stage.database.getConnection()) {
            stage.land(change("c", 1, 10, "{\"id\":1,\"a\":\"x\"}"));
            other.setAutoCommit(false);
            Tombstones.lock(other, new Relation(stage.stage.source, "row"), false);

            CompletableFuture<Void> landing =
                    CompletableFuture.runAsync(() -> stage.land(change("d", 1, 20, null)));
            awaitWaitingFor(stage, "advisory");
            assertThat(landing).isNotDone();
            other.rollback();

            landing.get(20, TimeUnit.SECONDS);
            assertThat(stage.stage.count("row")).isZero();
        }
    }

    @Test
    void rowsWaitForSomebodyElsesDeleteAndNotForTheirRows() throws Exception {
        try (ChangeStage stage = new ChangeStage(DEBEZIUM);
                Connection other = stage.stage.database.getConnection()) {
            Relation row = new Relation(stage.stage.source, "row");
            other.setAutoCommit(false);
            Tombstones.lock(other, row, false);
            stage.land(change("c", 1, 10, "{\"id\":1,\"a\":\"x\"}"));
            assertThat(stage.rows("SELECT a FROM $S.row")).containsExactly("x");

            Tombstones.lock(other, row, true);
            CompletableFuture<Void> landing =
                    CompletableFuture.runAsync(
                            () -> stage.land(change("u", 1, 20, "{\"id\":1,\"a\":\"y\"}")));
            awaitWaitingFor(stage, "advisory");
            assertThat(landing).isNotDone();
            other.rollback();

            landing.get(20, TimeUnit.SECONDS);
            assertThat(stage.rows("SELECT a FROM $S.row")).containsExactly("y");
        }
    }

    @ParameterizedTest
    @CsvSource({"5, mine", "15, theirs"})
    void aKeyThatSomebodyElseInsertsAtTheSameTimeHasItsNewestRow(int theirs, String newest)
            throws Exception {
        try (ChangeStage stage = new ChangeStage(DEBEZIUM);
                Connection other = stage.stage.database.getConnection()) {
            stage.land(change("c", 2, 1, "{\"id\":2,\"a\":\"z\"}"));
            other.setAutoCommit(false);
            try (Statement insert = other.createStatement()) {
                insert.executeUpdate(
                        """
                        INSERT INTO %1$s (_mr_id, _mr_event_at, _mr_ingested_at, _mr_loaded_at,
                          _mr_position, id, a)
                        SELECT '1', _mr_event_at, _mr_ingested_at, _mr_loaded_at,
                          array[1, 1, %2$d, %2$d, 0], 1, 'theirs' FROM %1$s
                        """
                                .formatted(
                                        new Relation(stage.stage.source, "row").quoted(), theirs));
            }
            CompletableFuture<Void> landing =
                    CompletableFuture.runAsync(
                            () -> stage.land(change("c", 1, 10, "{\"id\":1,\"a\":\"mine\"}")));
            awaitWaitingFor(stage, "transactionid");
            other.commit();

            landing.get(20, TimeUnit.SECONDS);
            assertThat(stage.rows("SELECT id || a FROM $S.row"))
                    .containsExactlyInAnyOrder("2z", "1" + newest);
            assertThat(stage.quarantined()).isEmpty();
        }
    }

    private static void awaitWaitingFor(ChangeStage stage, String what) {
        await().atMost(Duration.ofSeconds(20))
                .until(
                        () ->
                                stage.stage
                                        .one(
                                                """
                                                SELECT count(*) FROM pg_locks l
                                                JOIN pg_stat_activity a USING (pid)
                                                WHERE NOT granted AND locktype = '%s'
                                                  AND datname = current_database()
                                                """
                                                        .formatted(what))
                                        .equals("[1]"));
    }

    @Test
    void aDeletedRowDoesNotComeBack() {
        try (ChangeStage stage = new ChangeStage(DEBEZIUM)) {
            stage.land(change("d", 1, 30, null));
            stage.land(change("u", 1, 20, "{\"id\":1,\"a\":\"x\"}"));
            assertThat(stage.stage.count("row")).isZero();

            stage.land(change("c", 1, 40, "{\"id\":1,\"a\":\"again\"}"));
            stage.land(change("d", 1, 30, null));
            assertThat(stage.rows("SELECT a FROM $S.row")).containsExactly("again");
        }
    }

    @Test
    void whatWasNotSentComesFromAnOlderChangeThatAddsItsColumn() {
        String unsent = "__debezium_unavailable_value";
        try (ChangeStage stage = new ChangeStage(DEBEZIUM)) {
            stage.land(change("u", 1, 20, "{\"id\":1,\"a\":\"" + unsent + "\",\"b\":2}"));
            stage.land(change("u", 1, 30, "{\"id\":1,\"a\":\"" + unsent + "\",\"b\":3}"));
            stage.land(change("c", 1, 10, "{\"id\":1,\"a\":\"long\",\"b\":1}"));
            assertThat(stage.rows(ROWS)).containsExactly("1|long|3");

            stage.land(change("c", 1, 5, "{\"id\":1,\"a\":\"too late\",\"b\":8}"));
            assertThat(stage.rows(ROWS)).containsExactly("1|long|3");
        }
    }

    @Test
    void aVersionHasWhatWasNotSentFromAnOlderOneThatAddsItsColumn() {
        String unsent = "__debezium_unavailable_value";
        try (ChangeStage stage = new ChangeStage(DEBEZIUM + ", deletes: history")) {
            stage.land(change("u", 1, 20, "{\"id\":1,\"a\":\"" + unsent + "\",\"b\":2}"));
            stage.land(change("u", 1, 30, "{\"id\":1,\"a\":\"" + unsent + "\",\"b\":3}"));
            stage.land(change("c", 1, 10, "{\"id\":1,\"a\":\"long\",\"b\":1}"));

            assertThat(
                            stage.rows(
                                    """
                                    SELECT concat_ws('|', id, a, b) FROM $S.row
                                    ORDER BY _mr_valid_from\
                                    """))
                    .containsExactly("1|long|1", "1|long|2", "1|long|3");
        }
    }

    @Test
    void whatWasNotSentStaysInTheOverflowWhileTheTableCannotGetItsColumn() throws Exception {
        String unsent = "__debezium_unavailable_value";
        try (ChangeStage stage = new ChangeStage(DEBEZIUM);
                Connection reader = stage.stage.database.getConnection()) {
            stage.land(change("c", 9, 1, "{\"id\":9,\"b\":1}"));
            reader.setAutoCommit(false);
            try (Statement select = reader.createStatement()) {
                select.execute("SELECT FROM " + new Relation(stage.stage.source, "row").quoted());
            }
            stage.land(
                    change("c", 1, 10, "{\"id\":1,\"a\":\"long\",\"b\":1}"),
                    change("u", 1, 20, "{\"id\":1,\"a\":\"" + unsent + "\",\"b\":2}"));
            stage.land(change("u", 2, 20, "{\"id\":2,\"a\":\"" + unsent + "\",\"b\":2}"));
            stage.land(change("c", 2, 10, "{\"id\":2,\"a\":\"late\",\"b\":1}"));
            stage.land(change("c", 2, 5, "{\"id\":2,\"a\":\"too late\",\"b\":1}"));
            String extra = "SELECT concat_ws('|', id, _mr_extra, b) FROM $S.row ORDER BY id";
            assertThat(stage.rows(extra))
                    .containsExactly("1|{\"a\": \"long\"}|2", "2|{\"a\": \"late\"}|2", "9|1");

            stage.land(change("u", 1, 30, "{\"id\":1,\"a\":\"" + unsent + "\",\"b\":3}"));
            stage.land(change("u", 2, 30, "{\"id\":2,\"a\":null,\"b\":3}"));
            assertThat(stage.rows(extra)).containsExactly("1|{\"a\": \"long\"}|3", "2|3", "9|1");
            reader.rollback();

            stage.land(change("u", 1, 40, "{\"id\":1,\"a\":\"sent\",\"b\":4}"));
            assertThat(stage.rows("SELECT a FROM $S.row WHERE id = 1 AND _mr_extra IS NULL"))
                    .containsExactly("sent");
        }
    }

    @ParameterizedTest
    @CsvSource({"hard", "history"})
    void whatWasNotSentComesFromAnOlderChangeOfAnotherType(String deletes) {
        String unsent = "__debezium_unavailable_value";
        try (ChangeStage stage = new ChangeStage(DEBEZIUM + ", deletes: " + deletes)) {
            stage.land(change("c", 9, 1, "{\"id\":9,\"a\":1}"));
            stage.land(change("u", 1, 20, "{\"id\":1,\"a\":\"" + unsent + "\"}"));
            stage.land(change("c", 1, 10, "{\"id\":1,\"a\":\"long\"}"));
            stage.land(change("u", 1, 15, "{\"id\":1,\"a\":\"" + unsent + "\"}"));
            stage.land(change("c", 1, 5, "{\"id\":1,\"a\":7}"));

            assertThat(
                            stage.rows(
                                    """
                                    SELECT concat_ws('|', a, a__v_text) FROM $S.row WHERE id = 1
                                    ORDER BY _mr_position DESC LIMIT 1\
                                    """))
                    .containsExactly("long");
        }
    }

    @Test
    void aColumnThatSomebodyElseAddedIsNullWhereTheNewestChangeSaysSo() throws Exception {
        try (ChangeStage stage = new ChangeStage(DEBEZIUM);
                Connection other = stage.stage.database.getConnection();
                Statement statement = other.createStatement()) {
            stage.land(change("c", 1, 10, "{\"id\":1,\"b\":1}"));
            String table = new Relation(stage.stage.source, "row").quoted();
            statement.execute("ALTER TABLE %s ADD COLUMN a text".formatted(table));
            statement.execute("UPDATE %s SET a = 'x'".formatted(table));

            Written isNull = change("u", 1, 20, "{\"id\":1,\"a\":null,\"b\":2}");
            assertThatThrownBy(() -> stage.land(isNull)).hasMessageContaining("column meanwhile");
            stage.land(isNull);
            assertThat(stage.rows(ROWS)).containsExactly("1|2");
        }
    }

    @Test
    void aMarkedRowKeepsTheTimeOfItsDelete() {
        try (ChangeStage stage = new ChangeStage(DEBEZIUM + ", deletes: soft")) {
            stage.land(change("c", 1, 10, "{\"id\":1,\"a\":\"x\"}"));
            stage.land(change("d", 1, 30, null));
            stage.land(change("u", 1, 20, "{\"id\":1,\"a\":\"y\"}"));

            assertThat(stage.rows("SELECT a FROM $S.row WHERE _mr_event_at = _mr_deleted_at"))
                    .containsExactly("y");
        }
    }

    @Test
    void whatWasNotSentStaysOrComesFromAnOlderChange() {
        String unsent = "__debezium_unavailable_value";
        try (ChangeStage stage = new ChangeStage(DEBEZIUM)) {
            stage.land(change("c", 1, 10, "{\"id\":1,\"a\":\"long\",\"b\":1}"));
            stage.land(change("u", 1, 20, "{\"id\":1,\"a\":\"" + unsent + "\",\"b\":2}"));
            assertThat(stage.rows(ROWS)).containsExactly("1|long|2");
            assertThat(stage.one("SELECT _mr_column_position::text FROM $S.row"))
                    .isEqualTo("{\"a\": \"{1,1,10,10,0}\"}");

            stage.land(change("u", 1, 15, "{\"id\":1,\"a\":\"longer\",\"b\":7}"));
            assertThat(stage.rows(ROWS)).containsExactly("1|longer|2");

            stage.land(change("u", 1, 12, "{\"id\":1,\"a\":\"too late\",\"b\":8}"));
            assertThat(stage.rows(ROWS)).containsExactly("1|longer|2");

            stage.land(change("u", 1, 30, "{\"id\":1,\"a\":\"sent\",\"b\":3}"));
            assertThat(stage.rows(ROWS)).containsExactly("1|sent|3");
            assertThat(stage.one("SELECT coalesce(_mr_column_position::text, '') FROM $S.row"))
                    .isEmpty();

            stage.land(
                    change("c", 2, 10, "{\"id\":2,\"a\":\"first\",\"b\":1}"),
                    change("u", 2, 20, "{\"id\":2,\"a\":\"" + unsent + "\",\"b\":2}"),
                    change("u", 3, 20, "{\"id\":3,\"a\":[\"" + unsent + "\"],\"b\":2}"));
            assertThat(stage.rows(ROWS)).containsExactly("1|sent|3", "2|first|2", "3|2");
            stage.land(change("c", 3, 10, "{\"id\":3,\"a\":\"late\",\"b\":1}"));
            assertThat(stage.rows(ROWS)).containsExactly("1|sent|3", "2|first|2", "3|late|2");
        }
    }

    @Test
    void deletesAreForgottenWhenTheyAreOldButNotThoseOfAHistory() {
        try (ChangeStage stage = new ChangeStage(DEBEZIUM)) {
            stage.land(change("d", 1, 30, null), truncate(10));
            stage.settings("format: debezium, deletes: history");
            stage.stage.sql.sql("DROP TABLE " + stage.stage.source + ".row").update();
            stage.stage.tables.forget(new Relation(stage.stage.source, "row"));
            stage.land(change("d", 2, 30, null));

            retention(stage, Duration.ofDays(-1)).forget();
            assertThat(stage.rows("SELECT key FROM transform.tombstone")).containsExactly("2");
        }
        try (ChangeStage stage = new ChangeStage(DEBEZIUM)) {
            stage.land(change("d", 1, 30, null));

            retention(stage, Duration.ofDays(30)).forget();
            assertThat(stage.rows("SELECT key FROM transform.tombstone")).containsExactly("1");
        }
    }

    private static TombstoneRetention retention(ChangeStage stage, Duration retention) {
        return new TombstoneRetention(
                stage.stage.sql,
                new LandingSettings(
                        true,
                        "group",
                        1,
                        1,
                        Duration.ofSeconds(6),
                        1,
                        retention,
                        GroupProtocol.CLASSIC,
                        0.2,
                        Duration.ofHours(1),
                        4),
                stage.stage.clock);
    }

    @Test
    void aTruncateRemovesWhatIsOlderNowAndLater() {
        try (ChangeStage stage = new ChangeStage(DEBEZIUM)) {
            stage.land(
                    change("c", 1, 10, "{\"id\":1,\"a\":\"x\"}"),
                    change("c", 2, 50, "{\"id\":2,\"a\":\"y\"}"));
            stage.land(truncate(40), change("c", 3, 45, "{\"id\":3,\"a\":\"z\"}"));
            stage.land(change("u", 1, 20, "{\"id\":1,\"a\":\"late\"}"));

            assertThat(stage.rows("SELECT a FROM $S.row ORDER BY id")).containsExactly("y", "z");
        }
    }

    @Test
    void aHigherGenerationIsNewerWhateverItsPosition() {
        try (ChangeStage stage = new ChangeStage(DEBEZIUM)) {
            stage.land(change("c", 1, 1000, "{\"id\":1,\"a\":\"before\"}"));
            stage.land(change("u", 1, 5, "{\"id\":1,\"a\":\"ignored\"}"));
            stage.settings(DEBEZIUM + ", generation: 2");
            stage.land(change("u", 1, 7, "{\"id\":1,\"a\":\"after the failover\"}"));

            assertThat(stage.rows("SELECT a FROM $S.row")).containsExactly("after the failover");
        }
    }

    @Test
    void softDeletesMarkTheRow() {
        String rows =
                """
                SELECT concat_ws('|', id, a, extract(epoch FROM _mr_deleted_at)::bigint
                  - 1700000000) FROM $S.row ORDER BY id\
                """;
        try (ChangeStage stage = new ChangeStage(DEBEZIUM + ", deletes: soft")) {
            stage.land(
                    change("c", 1, 10, "{\"id\":1,\"a\":\"x\"}"),
                    change("d", 1, 20, null),
                    change("d", 2, 20, null));
            assertThat(stage.rows(rows)).containsExactly("1|x|20", "2|20");

            stage.land(
                    change("u", 1, 15, "{\"id\":1,\"a\":\"late\"}"),
                    change("c", 2, 5, "{\"id\":2,\"a\":\"late\"}"));
            assertThat(stage.rows(rows)).containsExactly("1|late|20", "2|late|20");

            stage.land(change("c", 1, 30, "{\"id\":1,\"a\":\"again\"}"));
            stage.land(change("d", 1, 20, null));
            assertThat(stage.rows(rows)).containsExactly("1|again", "2|late|20");

            stage.land(truncate(40));
            stage.land(change("c", 3, 35, "{\"id\":3,\"a\":\"gone\"}"));
            assertThat(stage.rows(rows)).containsExactly("1|again|40", "2|late|20", "3|gone|40");
        }
    }

    @Test
    void aHistoryHasEachVersionWithItsTimes() {
        String rows =
                """
                SELECT concat_ws('|', id, a, b,
                  extract(epoch FROM _mr_valid_from)::bigint - 1700000000,
                  coalesce((extract(epoch FROM _mr_valid_to)::bigint - 1700000000)::text, '-'))
                FROM $S.row ORDER BY id, _mr_position\
                """;
        try (ChangeStage stage = new ChangeStage(DEBEZIUM + ", deletes: history")) {
            stage.land(
                    change("c", 1, 10, "{\"id\":1,\"a\":\"x\",\"b\":1}"),
                    change("u", 1, 30, "{\"id\":1,\"a\":\"z\",\"b\":3}"));
            assertThat(stage.rows(rows)).containsExactly("1|x|1|10|30", "1|z|3|30|-");

            stage.land(
                    change("u", 1, 20, "{\"id\":1,\"a\":\"y\",\"b\":2}"),
                    change("u", 1, 40, "{\"id\":1,\"a\":\"__debezium_unavailable_value\",\"b\":4}"),
                    change("u", 1, 40, "{\"id\":1,\"a\":\"__debezium_unavailable_value\",\"b\":4}"),
                    change("d", 1, 50, null));
            assertThat(stage.rows(rows))
                    .containsExactly("1|x|1|10|20", "1|y|2|20|30", "1|z|3|30|40", "1|z|4|40|50");

            stage.land(change("u", 1, 35, "{\"id\":1,\"a\":\"w\",\"b\":3}"));
            stage.land(change("d", 1, 25, null));
            stage.land(change("c", 1, 60, "{\"id\":1,\"a\":\"v\",\"b\":5}"));
            stage.land(truncate(70));
            assertThat(stage.rows(rows))
                    .containsExactly(
                            "1|x|1|10|20",
                            "1|y|2|20|25",
                            "1|z|3|30|35",
                            "1|w|3|35|40",
                            "1|w|4|40|50",
                            "1|v|5|60|70");
        }
    }

    @Test
    void whatJsonMergesIsTheWholeRowOfItsKey() {
        try (ChangeStage stage =
                new ChangeStage("write_disposition: merge, primary_key: [order.id, line]")) {
            stage.land(
                    record(null, "{\"order\":{\"id\":1,\"to\":\"A\"},\"line\":\"x\",\"n\":1}"),
                    record(null, "{\"order\":{\"id\":1,\"to\":\"B\"},\"line\":\"y\",\"n\":1}"));
            stage.land(record(null, "{\"order\":{\"id\":1.0,\"to\":\"C\"},\"line\":\"x\"}"));
            stage.land(
                    record("{\"id\":1,\"line\":\"y\"}", null),
                    record(null, "{\"line\":\"z\"}"),
                    record(null, null));

            assertThat(
                            stage.rows(
                                    "SELECT concat_ws('|', _mr_id, order__id, order__to, line, n)"
                                            + " FROM $S.row ORDER BY 1"))
                    .containsExactly("[\"1\",\"x\"]|1|C|x");
            assertThat(stage.quarantined())
                    .containsExactly(
                            "malformed: the change has no value for 'order.id', which is in the"
                                    + " primary key",
                            "malformed: the record has neither key nor value");
        }
    }

    @Test
    void aBareKeyDeletesTheRowOfItsOneColumn() {
        try (ChangeStage stage =
                new ChangeStage("write_disposition: merge, primary_key: [id], deletes: soft")) {
            stage.land(record("1", "{\"id\":1}"), record("a", "{\"id\":\"a\"}"));
            stage.land(
                    record("1", null),
                    record("a", null),
                    record("{\"schema\":{\"type\":\"int32\"},\"payload\":3}", null));

            assertThat(
                            stage.rows(
                                    "SELECT concat_ws('|', _mr_id, _mr_deleted_at IS NULL) FROM"
                                            + " $S.row ORDER BY 1"))
                    .containsExactly("1|f", "3|f", "a|f");
        }
    }

    @Test
    void flattenedChangesAreMergedInTheOrderOfTheTopic() {
        try (ChangeStage stage = new ChangeStage(DEBEZIUM)) {
            stage.land(
                    flat(1, "\"a\":\"x\",\"__deleted\":\"false\",\"__lsn\":7"),
                    flat(2, "\"a\":\"y\",\"__op\":\"c\",\"__source_ts_ms\":1700000000000"),
                    flat(3, "\"a\":\"z\""),
                    flat(4, "\"a\":\"w\""));
            stage.land(
                    flat(1, "\"a\":null,\"__deleted\":\"true\""),
                    flat(2, "\"a\":\"yy\",\"__op\":\"u\",\"__source_ts_ms\":1700000001000"),
                    record("{\"id\":3}", null),
                    flat(4, "\"a\":null,\"__op\":\"d\""));

            assertThat(
                            stage.rows(
                                    "SELECT concat_ws('|', id, a, extract(epoch FROM"
                                            + " _mr_event_at)::bigint) FROM $S.row ORDER BY id"))
                    .containsExactly("2|yy|1700000001");
            assertThat(
                            stage.rows(
                                    "SELECT column_name FROM information_schema.columns WHERE"
                                        + " table_schema = '$S' AND column_name NOT LIKE '\\_mr%'"
                                        + " ORDER BY 1"))
                    .containsExactly("a", "id", "lsn", "source_ts_ms");
            assertThat(stage.quarantined()).isEmpty();
        }
    }

    private static Written flat(int id, String members) {
        return record("{\"id\":%d}".formatted(id), "{\"id\":%d,%s}".formatted(id, members));
    }

    @Test
    void aChangeThatIsNoneGoesToQuarantine() {
        try (ChangeStage stage = new ChangeStage(DEBEZIUM)) {
            stage.land(
                    record("{\"id\":1}", "[1]"),
                    record("{\"id\":1}", "{\"before\":null"),
                    record("{\"id\":1}", "{\"id\":1} {}"),
                    record("{\"id\":1}", ""),
                    change("x", 1, 1, "{\"id\":1}"),
                    change("u", 1, 1, null),
                    record(null, "{\"id\":1}"),
                    record("{\"id\":null}", "{\"id\":1}"),
                    record("{}", "{\"id\":1}"),
                    record(
                            "{\"id\":1}",
                            "{\"after\":{\"id\":1},\"op\":\"c\",\"source\":{\"connector\":"
                                    + "\"postgresql\",\"lsn\":\"0/1\"}}"),
                    change("c", 2, 1, "{\"id\":2}"));

            assertThat(stage.rows("SELECT id FROM $S.row")).containsExactly("2");
            assertThat(stage.quarantined())
                    .hasSize(10)
                    .anyMatch(said -> said.contains("the change is no JSON object"))
                    .anyMatch(said -> said.contains("no JSON: "))
                    .anyMatch(said -> said.contains("there is more than one JSON value"))
                    .anyMatch(said -> said.contains("the value is empty"))
                    .anyMatch(said -> said.contains("the operation 'x' is none of c, u, d, r, t"))
                    .anyMatch(said -> said.contains("the change (op: u) has no row in 'after'"))
                    .anyMatch(said -> said.contains("declares no primary_key"))
                    .anyMatch(said -> said.contains("a field of the record's key is null"))
                    .anyMatch(said -> said.contains("the record's key has no fields"))
                    .anyMatch(said -> said.contains("the position under 'source'"));
        }
    }

    @Test
    void changesCanBeAppendedAsTheyCome() {
        try (ChangeStage stage = new ChangeStage(DEBEZIUM + ", write_disposition: append")) {
            stage.land(
                    change("c", 1, 10, "{\"id\":1,\"a\":\"x\"}"),
                    change("d", 1, 20, null),
                    record("{\"id\":1}", null),
                    truncate(30));

            assertThat(
                            stage.rows(
                                    "SELECT concat_ws('|', __op, id, a) FROM $S.row ORDER BY"
                                            + " _mr_id"))
                    .containsExactly("c|1|x", "d|1", "t");
        }
    }

    @Test
    void aTableOfAnotherDispositionIsLeftAlone() {
        try (ChangeStage stage = new ChangeStage("")) {
            stage.land(record(null, "{\"id\":1}"));
            stage.settings(DEBEZIUM);
            stage.land(change("c", 1, 10, "{\"id\":1}"));

            assertThat(stage.quarantined())
                    .containsExactly(
                            "rejected: the table "
                                    + stage.stage.source
                                    + ".row was made for another write_disposition or another"
                                    + " 'deletes'; rename or drop it, and it is made anew");
        }
    }
}
