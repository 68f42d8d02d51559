package dev.millrace.ingestion.tracking;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectLoader;
import dev.millrace.ingestion.payload.KeyedHash;
import dev.millrace.ingestion.source.BodyReader;
import dev.millrace.ingestion.source.ByteBudget;
import dev.millrace.ingestion.source.DoorCounts;
import dev.millrace.ingestion.source.DoorCountsFixture;
import dev.millrace.test.SettableClock;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** A door with a lenient source, a strict one and one with rules, and a clock that stands. */
final class DoorFixture {

    static final String NOW = "2026-01-02T03:04:05.678Z";
    static final String SOURCES =
            """
            sources:
              - {name: web, type: segment, write_key: wk_web}
              - {name: held, type: segment, write_key: wk_held, strict: true}
              - name: private
                type: segment
                write_key: wk_private
                pii: {context.ip: drop, traits.email: hash, userId: hash, properties.card: mask}
            """;

    final RecordingOutlet outlet = new RecordingOutlet();
    final DoorCounts counts = DoorCountsFixture.counts();
    final ByteBudget budget;
    final SettableClock clock = SettableClock.at(NOW);
    final TrackingDoor door;

    DoorFixture() {
        this(64 << 20, 0);
    }

    DoorFixture(long buffer, int requestsPerSecond) {
        SegmentSources sources =
                new SegmentSources(project(SOURCES), new KeyedHash("a-key-for-tests"));
        this.budget = new ByteBudget(buffer);
        this.door =
                new TrackingDoor(
                        () -> sources,
                        outlet,
                        counts,
                        new TrackingSettings(Duration.ofSeconds(30), requestsPerSecond),
                        clock);
    }

    static Project project(String yaml) {
        try {
            return new ProjectLoader(Environment.of(Map.of()), Set.of(ProjectLoader.Kind.SOURCES))
                    .load(
                            ProjectFiles.of(
                                    Map.of(
                                            "sources/all.yml",
                                            yaml.getBytes(StandardCharsets.UTF_8))));
        } catch (InvalidProjectException e) {
            throw new AssertionError(e);
        }
    }

    Answer single(Call call, String json) {
        return send(request(call, "wk_web", false), json);
    }

    Answer batch(String json) {
        return send(request(null, "wk_web", false), json);
    }

    Answer strict(@Nullable Call call, String json) {
        return send(request(call, "wk_held", false), json);
    }

    Answer send(TrackingRequest request, String json) {
        return send(request, json.getBytes(StandardCharsets.UTF_8));
    }

    Answer send(TrackingRequest request, byte[] body) {
        return send(request, () -> new BodyReader.Body.Complete(body));
    }

    Answer send(TrackingRequest request, IncomingBody body) {
        try (ByteBudget.Reservation reservation = budget.reservation()) {
            return door.take(request, body, reservation);
        }
    }

    static TrackingRequest request(
            @Nullable Call call, @Nullable String headerKey, boolean strict) {
        return new TrackingRequest(
                call,
                headerKey,
                null,
                strict,
                "192.0.2.7",
                false,
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    }
}
