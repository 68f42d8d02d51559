package dev.millrace.contracts.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Other services, also of an earlier version, read these bytes: a change here is a decision. */
class ServiceEventsTest {

    private final JsonMapper json = JsonMapper.builder().build();

    @Test
    void aChangedDatasetKeepsItsForm() {
        DatasetChanged event =
                new DatasetChanged(
                        "web.order_completed",
                        7,
                        500,
                        Instant.parse("2026-01-02T03:04:05Z"),
                        List.of("not_null_id"),
                        "run-1",
                        "0123456789ab",
                        Instant.parse("2026-01-02T03:04:06Z"));

        String written = json.writeValueAsString(event);

        assertThat(json.readTree(written))
                .isEqualTo(
                        json.readTree(
                                """
                                {"relation":"web.order_completed","version":7,"rows":500,
                                 "watermark":"2026-01-02T03:04:05Z","failedChecks":["not_null_id"],
                                 "run":"run-1","revision":"0123456789ab","at":"2026-01-02T03:04:06Z"}
                                """));
        assertThat(json.readValue(written, DatasetChanged.class)).isEqualTo(event);
    }

    @Test
    void aChangedRunKeepsItsForm() {
        RunChanged event =
                new RunChanged(
                        "run-1",
                        RunChanged.State.FAILED,
                        "tag:marts+",
                        List.of(
                                new RunChanged.NodeOutcome(
                                        "model.shop.signups",
                                        "error",
                                        null,
                                        0.25,
                                        "no such table")),
                        "0123456789ab",
                        Instant.parse("2026-01-02T03:04:06Z"));

        String written = json.writeValueAsString(event);

        assertThat(json.readTree(written))
                .isEqualTo(
                        json.readTree(
                                """
                                {"run":"run-1","state":"FAILED","selection":"tag:marts+",
                                 "nodes":[{"node":"model.shop.signups","status":"error","rows":null,
                                           "seconds":0.25,"message":"no such table"}],
                                 "revision":"0123456789ab","at":"2026-01-02T03:04:06Z"}
                                """));
        assertThat(json.readValue(written, RunChanged.class)).isEqualTo(event);
    }

    @Test
    void aChangedSchemaKeepsItsForm() {
        SchemaChanged event =
                new SchemaChanged(
                        "web.order_completed",
                        SchemaChanged.State.MADE,
                        SchemaChanged.Change.ADD_COLUMN,
                        "email",
                        "text",
                        "user.email",
                        "mail",
                        17L,
                        "ada",
                        "agreed",
                        new SchemaChanged.FirstRecord("raw.web", 2, 4711),
                        new SchemaChanged.Dependents(
                                List.of(
                                        new SchemaChanged.Use(
                                                "model.shop.signups",
                                                SchemaChanged.Certainty.MAY_USE)),
                                List.of(),
                                List.of(
                                        new SchemaChanged.Use(
                                                "orders.email", SchemaChanged.Certainty.USES))),
                        "0123456789ab",
                        Instant.parse("2026-01-02T03:04:06Z"));

        String written = json.writeValueAsString(event);

        assertThat(json.readTree(written))
                .isEqualTo(
                        json.readTree(
                                """
                                {"relation":"web.order_completed","state":"MADE",
                                 "change":"ADD_COLUMN","column":"email","type":"text",
                                 "origin":"user.email","likelyRenamedFrom":"mail","proposal":17,
                                 "by":"ada","reason":"agreed",
                                 "first":{"topic":"raw.web","partition":2,"offset":4711},
                                 "dependents":{
                                   "models":[{"name":"model.shop.signups","certainty":"MAY_USE"}],
                                   "checks":[],
                                   "cubes":[{"name":"orders.email","certainty":"USES"}]},
                                 "revision":"0123456789ab","at":"2026-01-02T03:04:06Z"}
                                """));
        assertThat(json.readValue(written, SchemaChanged.class)).isEqualTo(event);
    }

    @Test
    void aWantedRollupKeepsItsForm() {
        RollupWanted event =
                new RollupWanted(
                        "orders.daily",
                        "0123456789ab",
                        new RollupWanted.Relation("rollups", "orders_daily"),
                        "SELECT tenant AS t, count(*) FROM web.orders GROUP BY 1",
                        List.of(List.of("day", "t"), List.of("t")),
                        "orders by day",
                        Map.of("t", "tenant"),
                        Instant.parse("2026-01-02T03:04:06Z"));

        String written = json.writeValueAsString(event);

        assertThat(json.readTree(written))
                .isEqualTo(
                        json.readTree(
                                """
                                {"id":"orders.daily","revision":"0123456789ab",
                                 "relation":{"schema":"rollups","name":"orders_daily"},
                                 "sql":"SELECT tenant AS t, count(*) FROM web.orders GROUP BY 1",
                                 "indexes":[["day","t"],["t"]],"description":"orders by day",
                                 "tenantColumns":{"t":"tenant"},
                                 "announcedAt":"2026-01-02T03:04:06Z"}
                                """));
        assertThat(json.readValue(written, RollupWanted.class)).isEqualTo(event);
    }

    @Test
    void aWantedFeedKeepsItsForm() {
        FeedWanted event = new FeedWanted("web.orders", Instant.parse("2026-01-02T03:04:06Z"));

        String written = json.writeValueAsString(event);

        assertThat(json.readTree(written))
                .isEqualTo(
                        json.readTree(
                                """
                                {"relation":"web.orders","until":"2026-01-02T03:04:06Z"}
                                """));
        assertThat(json.readValue(written, FeedWanted.class)).isEqualTo(event);
    }

    @Test
    void indexesCannotBeChangedBehindAMessagesBack() {
        List<String> columns = new ArrayList<>(List.of("day"));
        RollupWanted event =
                new RollupWanted(
                        "orders.daily",
                        "x",
                        new RollupWanted.Relation("a", "b"),
                        "SELECT 1",
                        List.of(columns),
                        "",
                        Map.of(),
                        Instant.EPOCH);
        columns.add("hour");

        assertThat(event.indexes()).containsExactly(List.of("day"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"relation\":\"a.b\"}", "{\"until\":\"2026-01-02T03:04:06Z\"}"})
    void aWantedFeedIsWhole(String half) {
        assertThatThrownBy(() -> json.readValue(half, FeedWanted.class))
                .isInstanceOf(RuntimeException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id",
                "revision",
                "relation",
                "sql",
                "indexes",
                "description",
                "tenantColumns",
                "announcedAt"
            })
    void aWantedRollupIsWhole(String missing) {
        String whole =
                """
                {"id":"orders.daily","revision":"x","relation":{"schema":"a","name":"b"},
                 "sql":"SELECT 1","indexes":[],"description":"","tenantColumns":{},
                 "announcedAt":"2026-01-02T03:04:06Z"}
                """;
        ObjectNode half = (ObjectNode) json.readTree(whole);
        half.remove(missing);

        assertThat(json.readValue(whole, RollupWanted.class).id()).isEqualTo("orders.daily");
        assertThatThrownBy(() -> json.treeToValue(half, RollupWanted.class))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(
                        () ->
                                json.readValue(
                                        whole.replace(",\"name\":\"b\"", ""), RollupWanted.class))
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void aKeyThatALaterVersionAddsIsReadOver() {
        String later =
                """
                {"run":"r","state":"RUNNING","selection":"","nodes":[],"revision":"x",
                 "at":"2026-01-02T03:04:06Z","triggeredBy":"schedule"}
                """;

        assertThat(json.readValue(later, RunChanged.class).state())
                .isEqualTo(RunChanged.State.RUNNING);
    }
}
