package dev.millrace.ingestion.tracking;

import static dev.millrace.ingestion.tracking.DoorFixture.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.millrace.ingestion.payload.Corpora;
import dev.millrace.ingestion.payload.Json;
import dev.millrace.ingestion.payload.JsonReader;
import dev.millrace.ingestion.payload.JsonWriter;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** What real clients put on the wire, and every example of Segment's own documentation. */
class CorpusTest {

    @ParameterizedTest
    @ValueSource(strings = {"segment.jsonl", "rudder_nogzip.jsonl"})
    void whatRealClientsSendIsTaken(String name) throws Exception {
        Path file = Corpora.folder("wire").resolve(name);
        assumeThat(file).as("corpora/wire is absent").exists();
        for (String line : Files.readAllLines(file)) {
            Json.Struct wire = (Json.Struct) JsonReader.read(line.getBytes(StandardCharsets.UTF_8));
            Json.Struct body = struct(wire, "body");
            assertThat(WriteKeys.ofAuthorization(text(struct(wire, "headers"), "Authorization")))
                    .isEqualTo("wk_test");
            DoorFixture fixture = new DoorFixture();

            assertThat(fixture.send(request(null, "wk_web", true), JsonWriter.bytes(body)))
                    .isEqualTo(Answer.DONE);

            List<Json> sent = ((Json.Sequence) Objects.requireNonNull(body.value("batch"))).items();
            assertThat(fixture.outlet.quarantined()).isEmpty();
            assertThat(fixture.outlet.taken()).hasSameSizeAs(sent);
            for (int i = 0; i < sent.size(); i++) {
                assertKept(
                        (Json.Struct) sent.get(i),
                        RecordingOutlet.payload(fixture.outlet.taken().get(i)));
            }
        }
    }

    @Test
    void everyExampleOfSegmentsDocumentationIsTakenOrNamesNobody() throws Exception {
        Path file = Corpora.folder("segment").resolve("json_examples.json");
        assumeThat(file).as("corpora/segment is absent").exists();
        List<Json> examples = ((Json.Sequence) JsonReader.read(Files.readAllBytes(file))).items();
        assertThat(examples).hasSizeGreaterThan(70);
        int taken = 0;
        for (Json example : examples) {
            Json.Struct event = struct((Json.Struct) example, "event");
            DoorFixture alone = new DoorFixture();
            assertThat(alone.send(request(call(event), "wk_web", false), JsonWriter.bytes(event)))
                    .isEqualTo(Answer.DONE);
            boolean namesSomebody =
                    event.fields().containsKey("userId")
                            || event.fields().containsKey("user_id")
                            || event.fields().containsKey("anonymousId");
            assertThat(alone.outlet.taken()).hasSize(namesSomebody ? 1 : 0);
            assertThat(alone.outlet.quarantined()).hasSize(namesSomebody ? 0 : 1);
            taken += alone.outlet.taken().size();
        }
        assertThat(taken).isGreaterThan(65);
    }

    private static void assertKept(Json.Struct before, Json.Struct after) {
        before.fields()
                .forEach(
                        (field, value) -> {
                            if (!field.endsWith("imestamp")) {
                                assertThat(after.fields()).containsEntry(field, value);
                            }
                        });
        Json original =
                before.value("timestamp") == null
                        ? before.value("originalTimestamp")
                        : before.value("timestamp");
        assertThat(after.value("originalTimestamp")).isEqualTo(original);
    }

    private static @Nullable Call call(Json.Struct event) {
        String type = text(event, "type");
        String action = text(event, "action");
        return Call.named(type != null ? type : action != null ? action : "track");
    }

    private static Json.Struct struct(Json.Struct struct, String name) {
        return (Json.Struct) Objects.requireNonNull(struct.value(name), name);
    }

    private static @Nullable String text(Json.Struct struct, String name) {
        return struct.value(name) instanceof Json.Text text ? text.value() : null;
    }
}
