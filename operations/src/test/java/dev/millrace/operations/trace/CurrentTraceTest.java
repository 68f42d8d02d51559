package dev.millrace.operations.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.example.Answer;
import dev.millrace.example.RunningService;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CurrentTraceTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private static RunningService service;

    @BeforeAll
    static void start() {
        service = RunningService.start();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void theCallersTraceGoesOnWithASpanOfItsOwn() {
        Answer answer = look("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01");

        assertThat(answer.json().get("traceId").asString()).isEqualTo(TRACE);
        assertThat(answer.json().get("traceparent").asString())
                .matches("00-" + TRACE + "-[0-9a-f]{16}-01")
                .doesNotContain("00f067aa0ba902b7");
    }

    @Test
    void aCallerThatDoesNotSampleIsFollowedInThat() {
        Answer answer = look("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-00");

        assertThat(answer.json().get("traceparent").asString())
                .matches("00-" + TRACE + "-[0-9a-f]{16}-00");
    }

    @Test
    void aCallWithoutATraceBeginsOne() {
        String first = look().json().get("traceId").asString();
        String second = look().json().get("traceId").asString();

        assertThat(first).matches("[0-9a-f]{32}").isNotEqualTo(second);
    }

    @Test
    void aTraceThatIsNoneIsNotFollowed() {
        assertThat(look("traceparent", "00-nonsense-01").json().get("traceId").asString())
                .matches("[0-9a-f]{32}");
    }

    @Test
    void outsideOfWorkThereIsNoTrace() {
        assertThat(service.bean(CurrentTrace.class).traceparent()).isEmpty();
        assertThat(service.bean(CurrentTrace.class).traceId()).isEmpty();
    }

    private static Answer look(String... header) {
        String[] headers = {"Authorization", "Bearer " + service.token("reader")};
        String[] all = new String[headers.length + header.length];
        System.arraycopy(headers, 0, all, 0, headers.length);
        System.arraycopy(header, 0, all, headers.length, header.length);
        return service.call("GET", "/operator/example", all);
    }
}
