package dev.millrace.example;

import dev.millrace.operations.trace.CurrentTrace;

import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

@RestController
class ExampleEndpoint {

    private final CurrentTrace trace;
    private final AtomicInteger actions = new AtomicInteger();

    ExampleEndpoint(CurrentTrace trace) {
        this.trace = trace;
    }

    @GetMapping("/operator/example")
    Map<String, Object> look() {
        return Map.of(
                "actions",
                actions.get(),
                "traceparent",
                trace.traceparent().orElse(""),
                "traceId",
                trace.traceId().orElse(""));
    }

    @PostMapping("/operator/example")
    Map<String, Object> act() {
        return Map.of("actions", actions.incrementAndGet());
    }

    @DeleteMapping("/operator/example")
    void fail() {
        throw new IllegalStateException("the secret reason of the failure");
    }

    @GetMapping("/public/hello")
    String hello() {
        return "hello";
    }

    @GetMapping("/public/broken")
    String broken() {
        throw new IllegalStateException("the secret reason of the failure");
    }

    @GetMapping("/forgotten")
    String forgotten() {
        return "no chain names this path";
    }
}
