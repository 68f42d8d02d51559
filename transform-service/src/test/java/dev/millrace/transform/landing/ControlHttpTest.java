package dev.millrace.transform.landing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.RunningTransform;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;

/** The operators' doors to the landing of sources, on the service as it is started. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class ControlHttpTest {

    private static final String CLICKS = "/operator/sources/clicks";

    private final TestWarehouse warehouse = TestWarehouse.create();
    private RunningTransform service;

    @BeforeAll
    void start(@TempDir Path project) throws Exception {
        Files.createDirectories(project.resolve("sources"));
        Files.writeString(
                project.resolve("sources/all.yml"),
                """
                sources:
                  - name: clicks
                    type: kafka
                    streams: [{name: click, topic: control.http.clicks}]
                """);
        service =
                RunningTransform.start(warehouse, project, "--millrace.landing.group=control-http");
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @Test
    void aPausedSourceIsSeenByThoseWhoLookAtStreamsUntilItIsResumed() throws Exception {
        assertThat(service.post(CLICKS + "/pause", "").body())
                .contains("\"source\":\"clicks\"", "\"pausedBy\":\"tester\"", "\"a test\"");
        assertThat(service.get("/operator/streams").body())
                .contains("\"paused\":[{\"source\":\"clicks\"");

        assertThat(service.post(CLICKS + "/resume", "").body()).contains("\"paused\":null");
        assertThat(service.get("/operator/streams").body()).contains("\"paused\":[]");
    }

    @Test
    void aRewindTellsFromWhereToWhereAndWhatCannotBeIsAProblem() throws Exception {
        assertThat(service.post(CLICKS + "/rewind", "{\"to\": \"2026-03-01T12:00:00Z\"}").body())
                .startsWith("{\"source\":\"clicks\",\"dryRun\":false,\"partitions\":[");
        HttpResponse<String> unclear = service.post(CLICKS + "/rewind", "{\"to\": 1}");
        assertThat(unclear.statusCode()).isEqualTo(422);
        assertThat(unclear.headers().firstValue("Content-Type").orElse(""))
                .startsWith("application/problem+json");
        HttpResponse<String> unknown = service.post("/operator/sources/klicks/pause", "");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("Its sources: [clicks]");
    }

    @Test
    void onlyOperatorsPauseAndSayWhyAndTheAuditTellsOfIt() throws Exception {
        for (String what : new String[] {"/pause", "/resume", "/rewind"}) {
            HttpRequest.Builder asReader =
                    service.request(CLICKS + what, "reader")
                            .header("X-Reason", "r")
                            .POST(BodyPublishers.ofString("{}"));
            assertThat(service.send(asReader).statusCode()).isEqualTo(403);
            HttpRequest.Builder withoutReason =
                    service.request(CLICKS + what, "operator").POST(BodyPublishers.ofString("{}"));
            assertThat(service.send(withoutReason).statusCode()).isEqualTo(400);
        }
        service.post(CLICKS + "/resume", "");

        assertThat(
                        service.send(
                                        service.request(
                                                "/operator/audit?path=" + CLICKS + "/resume",
                                                "admin"))
                                .body())
                .contains("a test", "tester");
    }
}
