package dev.millrace.transform.run.node;

import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.HasAttributes;
import dev.millrace.transform.jinja.Invocable;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.None;
import dev.millrace.transform.model.context.NodeDescriptions;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Step;
import dev.millrace.transform.model.manifest.UnitTest;

import org.jspecify.annotations.Nullable;

/** What a run has done with one step, as templates have it. */
record FinishedValue(Finished finished) implements HasAttributes {

    private static final double NANOS = 1e9;

    @Override
    public @Nullable Object attribute(String name) {
        NodeOutcome outcome = finished.outcome();
        return switch (name) {
            case "node" -> node(finished.step());
            case "unique_id" -> finished.step().id();
            case "status" -> outcome.status().text();
            case "message" -> orNone(outcome.message());
            case "failures" -> orNone(outcome.failures());
            case "execution_time" -> finished.took().toNanos() / NANOS;
            case "thread_id" -> finished.thread();
            case "timing" -> new ListValue();
            case "adapter_response" -> response(outcome);
            case "to_dict" -> (Invocable) arguments -> dict();
            default -> null;
        };
    }

    private DictValue dict() {
        DictValue dict = new DictValue();
        for (String name :
                new String[] {
                    "status",
                    "timing",
                    "thread_id",
                    "execution_time",
                    "adapter_response",
                    "message",
                    "failures",
                    "unique_id",
                    "node"
                }) {
            dict.put(name, orNone(attribute(name)));
        }
        return dict;
    }

    private static DictValue response(NodeOutcome outcome) {
        DictValue response = new DictValue();
        if (outcome.status() == NodeStatus.SUCCESS && outcome.message() != null) {
            response.put("_message", outcome.message());
            response.put("code", outcome.message().replaceFirst("[ 0-9]+$", ""));
            if (outcome.rows() != null) {
                response.put("rows_affected", outcome.rows());
            }
        }
        return response;
    }

    private static DictValue node(Step step) {
        return switch (step) {
            case Node node -> NodeDescriptions.of(node);
            case UnitTest test ->
                    NodeDescriptions.begun(
                            test.type(),
                            test.packageName(),
                            test.name(),
                            test.file(),
                            test.file(),
                            test.id(),
                            test.fqn());
        };
    }

    private static Object orNone(@Nullable Object value) {
        return value == null ? None.NONE : value;
    }
}
