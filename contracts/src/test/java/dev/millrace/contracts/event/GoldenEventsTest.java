package dev.millrace.contracts.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Messages as they lie on topics for a week: what earlier versions wrote must be read. */
class GoldenEventsTest {

    private static final String DATASET =
            """
            {"relation":"analytics.orders","version":9007199254740993,"rows":0,"watermark":null,
             "failedChecks":[],"run":null,"revision":"0123456789ab","at":"2026-01-02T03:04:06.123456Z"}
            """;

    private static final String RUN =
            """
            {"run":"r-1","state":"SUCCEEDED","selection":"",
             "nodes":[{"node":"model.shop.a","status":"success","rows":12,"seconds":1.5,"message":null},
                      {"node":"model.shop.b","status":"skipped","rows":null,"seconds":0.0,
                       "message":"a failed"}],
             "revision":"0123456789ab","at":"2026-01-02T03:04:06Z"}
            """;

    private final JsonMapper json = JsonMapper.builder().build();

    @Test
    void aDatasetsMessageIsReadAsItWasMeant() {
        assertThat(json.readValue(DATASET, DatasetChanged.class))
                .isEqualTo(
                        new DatasetChanged(
                                "analytics.orders",
                                9_007_199_254_740_993L,
                                0,
                                null,
                                List.of(),
                                null,
                                "0123456789ab",
                                Instant.parse("2026-01-02T03:04:06.123456Z")));
    }

    @Test
    void aDatasetsMessageIsWrittenAsItWasRead() {
        assertThat(
                        json.readTree(
                                json.writeValueAsString(
                                        json.readValue(DATASET, DatasetChanged.class))))
                .isEqualTo(json.readTree(DATASET));
    }

    @Test
    void aRunsMessageIsReadAsItWasMeant() {
        assertThat(json.readValue(RUN, RunChanged.class))
                .isEqualTo(
                        new RunChanged(
                                "r-1",
                                RunChanged.State.SUCCEEDED,
                                "",
                                List.of(
                                        new RunChanged.NodeOutcome(
                                                "model.shop.a", "success", 12L, 1.5, null),
                                        new RunChanged.NodeOutcome(
                                                "model.shop.b", "skipped", null, 0.0, "a failed")),
                                "0123456789ab",
                                Instant.parse("2026-01-02T03:04:06Z")));
    }

    @Test
    void aRunsMessageIsWrittenAsItWasRead() {
        assertThat(json.readTree(json.writeValueAsString(json.readValue(RUN, RunChanged.class))))
                .isEqualTo(json.readTree(RUN));
    }

    @Test
    void keysThatALaterVersionAddsAtAnyLevelAreReadOver() {
        assertThat(json.readValue(withMoreKeys(RUN), RunChanged.class))
                .isEqualTo(json.readValue(RUN, RunChanged.class));
        assertThat(json.readValue(withMoreKeys(DATASET), DatasetChanged.class))
                .isEqualTo(json.readValue(DATASET, DatasetChanged.class));
    }

    @Test
    void theOrderOfKeysMeansNothing() {
        assertThat(
                        json.readValue(
                                """
                                {"at":"2026-01-02T03:04:06Z","revision":"x","nodes":[],
                                 "selection":"a","state":"RUNNING","run":"r"}
                                """,
                                RunChanged.class))
                .isEqualTo(
                        new RunChanged(
                                "r",
                                RunChanged.State.RUNNING,
                                "a",
                                List.of(),
                                "x",
                                Instant.parse("2026-01-02T03:04:06Z")));
    }

    @Test
    void aTimeWithAnOffsetIsTheSameMoment() {
        String other = RUN.replace("2026-01-02T03:04:06Z", "2026-01-02T05:04:06+02:00");

        assertThat(json.readValue(other, RunChanged.class).at())
                .isEqualTo(Instant.parse("2026-01-02T03:04:06Z"));
    }

    @ParameterizedTest
    @EnumSource(RunChanged.State.class)
    void statesAreTheWordsThatReadersCompare(RunChanged.State state) {
        RunChanged event = new RunChanged("r", state, "", List.of(), "x", Instant.EPOCH);

        assertThat(json.readTree(json.writeValueAsString(event)).get("state").asString())
                .isEqualTo(state.name());
    }

    @Test
    void aStateThatNobodyKnowsIsToldAndNotTakenForAnother() {
        assertThatThrownBy(
                        () -> json.readValue(RUN.replace("SUCCEEDED", "PAUSED"), RunChanged.class))
                .isInstanceOf(JacksonException.class)
                .hasMessageContaining("PAUSED");
    }

    @Test
    void listsCannotBeChangedBehindAMessagesBack() {
        List<String> checks = new ArrayList<>(List.of("a"));
        DatasetChanged event =
                new DatasetChanged("a.b", 1, 1, null, checks, null, "x", Instant.EPOCH);
        checks.add("b");

        assertThat(event.failedChecks()).containsExactly("a");
    }

    @Property(tries = 100)
    void everyDatasetsMessageIsReadAsItWasWritten(@ForAll("datasets") DatasetChanged event) {
        assertThat(json.readValue(json.writeValueAsBytes(event), DatasetChanged.class))
                .isEqualTo(event);
    }

    @Property(tries = 100)
    void everyRunsMessageIsReadAsItWasWritten(@ForAll("runs") RunChanged event) {
        assertThat(json.readValue(json.writeValueAsBytes(event), RunChanged.class))
                .isEqualTo(event);
    }

    @Provide
    Arbitrary<DatasetChanged> datasets() {
        return Combinators.combine(
                        texts(),
                        Arbitraries.longs(),
                        Arbitraries.longs(),
                        moments().injectNull(0.3),
                        texts().list().ofMaxSize(4),
                        texts().injectNull(0.3),
                        texts(),
                        moments())
                .as(DatasetChanged::new);
    }

    @Provide
    Arbitrary<RunChanged> runs() {
        Arbitrary<RunChanged.NodeOutcome> outcomes =
                Combinators.combine(
                                texts(),
                                Arbitraries.of("success", "error", "skipped"),
                                Arbitraries.longs().injectNull(0.3),
                                Arbitraries.doubles().between(0, 1e6),
                                texts().injectNull(0.3))
                        .as(RunChanged.NodeOutcome::new);
        return Combinators.combine(
                        texts(),
                        Arbitraries.of(RunChanged.State.class),
                        texts(),
                        outcomes.list().ofMaxSize(4),
                        texts(),
                        moments())
                .as(RunChanged::new);
    }

    private static Arbitrary<String> texts() {
        return Arbitraries.strings()
                .withCharRange(' ', '\u024F')
                .withChars('\n', '\t', '"', '\\', '\u2028')
                .ofMaxLength(20);
    }

    private static Arbitrary<Instant> moments() {
        return Arbitraries.longs()
                .between(-62_135_596_800_000_000L, 253_402_300_799_999_999L)
                .map(micros -> Instant.EPOCH.plus(micros, java.time.temporal.ChronoUnit.MICROS));
    }

    private String withMoreKeys(String message) {
        ObjectNode root = (ObjectNode) json.readTree(message);
        root.putObject("later").put("deep", 1);
        root.putNull("laterAndNull");
        for (JsonNode node : root.path("nodes")) {
            ((ObjectNode) node).putArray("adapterResponse").add(true);
        }
        return root.toString();
    }
}
