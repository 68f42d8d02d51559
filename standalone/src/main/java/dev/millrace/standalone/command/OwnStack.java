package dev.millrace.standalone.command;

import dev.millrace.standalone.stack.StackAccess;
import dev.millrace.transform.command.RunningStack;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/** The stack that runs on a data directory of this machine. */
public final class OwnStack implements RunningStack {

    @Override
    public Optional<Warehouse> warehouse(@Nullable Path data) throws IOException {
        Path directory = orDefault(data);
        if (!StackAccess.isRunning(directory)) {
            return Optional.empty();
        }
        StackAccess access = StackAccess.ofRunning(directory, Clock.systemUTC());
        return Optional.of(
                new Warehouse(
                        access.warehouseJdbcUrl(), access.modelsUser(), access.modelsPassword()));
    }

    @Override
    public boolean build(BuildRequest request, PrintWriter out)
            throws IOException, InterruptedException {
        Path directory = orDefault(request.data());
        StackAccess access = StackAccess.ofRunning(directory, Clock.systemUTC());
        try (ModelRuns runs = new ModelRuns(access.transformUrl(), access.operatorToken())) {
            ModelRun run =
                    runs.await(
                            runs.begin(body(request), "millrace build"),
                            node -> {
                                out.println("  " + node);
                                out.flush();
                            });
            out.println("run " + run.id() + " " + run.status());
            return run.succeeded();
        }
    }

    private static Path orDefault(@Nullable Path data) {
        return data == null ? Path.of(DataOption.DEFAULT) : data;
    }

    private static ObjectNode body(BuildRequest request) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        if (!request.select().isEmpty()) {
            body.put("select", request.select());
        }
        if (!request.exclude().isEmpty()) {
            body.put("exclude", request.exclude());
        }
        if (!request.vars().isEmpty()) {
            body.set("vars", JsonMapper.shared().valueToTree(request.vars()));
        }
        return body;
    }
}
