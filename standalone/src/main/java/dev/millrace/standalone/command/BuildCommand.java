package dev.millrace.standalone.command;

import dev.millrace.standalone.stack.StackAccess;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Has models of the running stack built, and waits. */
@Command(
        name = "build",
        mixinStandardHelpOptions = true,
        description = "Build the project's models on the running stack.")
public final class BuildCommand implements Callable<Integer> {

    @Option(
            names = {"-s", "--select"},
            arity = "1..*",
            paramLabel = "SELECTOR",
            description = "which models, in dbt's selection syntax (default: all)")
    private List<String> select = List.of();

    @Option(
            names = "--exclude",
            arity = "1..*",
            paramLabel = "SELECTOR",
            description = "which of those not")
    private List<String> exclude = List.of();

    @Option(
            names = "--vars",
            paramLabel = "JSON",
            defaultValue = "{}",
            description = "variables for the models, as a JSON object")
    private String variables = "{}";

    @Mixin private DataOption data = new DataOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        StackAccess access = StackAccess.ofRunning(data.directory(), Clock.systemUTC());
        try (ModelRuns runs = new ModelRuns(access.transformUrl(), access.operatorToken())) {
            ModelRun run =
                    runs.await(runs.begin(request(), "millrace build"), node -> tell(out, node));
            out.println("run " + run.id() + " " + run.status());
            return run.succeeded() ? 0 : 1;
        }
    }

    private static void tell(PrintWriter out, ModelRun.Node node) {
        out.println("  " + node);
        out.flush();
    }

    private ObjectNode request() throws IOException {
        ObjectNode request = JsonMapper.shared().createObjectNode();
        if (!select.isEmpty()) {
            request.put("select", String.join(" ", select));
        }
        if (!exclude.isEmpty()) {
            request.put("exclude", String.join(" ", exclude));
        }
        try {
            Map<?, ?> vars = JsonMapper.shared().readValue(variables, Map.class);
            if (!vars.isEmpty()) {
                request.set("vars", JsonMapper.shared().valueToTree(vars));
            }
        } catch (JacksonException e) {
            throw new IOException(
                    "--vars is not a JSON object: "
                            + e.getOriginalMessage()
                            + ". Write for example --vars '{\"days\": 7}'",
                    e);
        }
        return request;
    }
}
