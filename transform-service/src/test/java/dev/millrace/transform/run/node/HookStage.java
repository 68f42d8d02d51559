package dev.millrace.transform.run.node;

import dev.millrace.transform.materialization.Session;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Step;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Carries out what a project runs before and after its nodes, for tests of whole runs. */
public final class HookStage {

    private HookStage() {}

    public static Map<String, NodeOutcome> before(
            Manifest manifest, NodeRunner runner, Session session) {
        Map<String, NodeOutcome> outcomes = new LinkedHashMap<>();
        RunHooks hooks = new RunHooks(manifest, runner);
        for (Node hook : hooks.first()) {
            outcomes.put(hook.name(), hooks.start(session, hook, sql -> {}));
        }
        return outcomes;
    }

    public static Map<String, NodeOutcome> after(
            Manifest manifest, NodeRunner runner, Session session, Map<Step, NodeOutcome> results) {
        Map<String, NodeOutcome> outcomes = new LinkedHashMap<>();
        List<Finished> finished =
                results.entrySet().stream()
                        .map(
                                e ->
                                        new Finished(
                                                e.getKey(),
                                                e.getValue(),
                                                Duration.ofSeconds(1),
                                                "main"))
                        .toList();
        RunHooks hooks = new RunHooks(manifest, runner);
        for (Node hook : hooks.last()) {
            outcomes.put(hook.name(), hooks.end(session, hook, finished, sql -> {}));
        }
        return outcomes;
    }
}
