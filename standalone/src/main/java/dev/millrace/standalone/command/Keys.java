package dev.millrace.standalone.command;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Serving's operators' doors for callers' keys, shown to somebody at a terminal. */
final class Keys {

    private final OperatorDoor door;
    private final Clock clock;
    private final PrintWriter out;

    Keys(OperatorDoor door, Clock clock, PrintWriter out) {
        this.door = door;
        this.clock = clock;
        this.out = out;
    }

    int list(@Nullable String state) throws IOException, InterruptedException {
        String after = "";
        boolean none = true;
        do {
            JsonNode page =
                    door.get(
                            "/operator/caller-keys?limit=500"
                                    + (state == null ? "" : "&state=" + OperatorDoor.encoded(state))
                                    + (after.isEmpty()
                                            ? ""
                                            : "&after=" + OperatorDoor.encoded(after)));
            for (JsonNode key : page.path("keys")) {
                none = false;
                List<String> scopes = new ArrayList<>();
                key.path("scopes").forEach(scope -> scopes.add(scope.asString("")));
                out.println(
                        "%s  %-8s %s (%s)%s, last used %s"
                                .formatted(
                                        key.path("id").asString(""),
                                        key.path("state").asString(""),
                                        key.path("name").asString(""),
                                        String.join(" ", scopes),
                                        key.path("expiresAt").isString()
                                                ? " until " + key.path("expiresAt").asString()
                                                : "",
                                        key.path("lastUsedAt").asString("never")));
            }
            after = page.path("next").asString("");
        } while (!after.isEmpty());
        if (none) {
            out.println(
                    "There are no such keys; make one with: millrace keys create NAME --scope"
                            + " load");
        }
        return 0;
    }

    int create(
            String name, List<String> scopes, @Nullable String context, @Nullable Duration length)
            throws IOException, InterruptedException {
        ObjectNode key = JsonMapper.shared().createObjectNode();
        key.put("name", name);
        scopes.forEach(key.putArray("scopes")::add);
        if (context != null) {
            key.set("securityContext", JsonMapper.shared().readTree(context));
        }
        if (length != null) {
            key.put("expiresAt", clock.instant().plus(length).toString());
        }
        return shown(door.post("/operator/caller-keys", key, "millrace keys create"));
    }

    int rotate(String id, Duration overlap) throws IOException, InterruptedException {
        ObjectNode rotation = JsonMapper.shared().createObjectNode();
        rotation.put("overlap", overlap.toString());
        return shown(
                door.post(
                        "/operator/caller-keys/" + OperatorDoor.encoded(id) + "/rotate",
                        rotation,
                        "millrace keys rotate"));
    }

    /** The secret alone stands in the first line, so that a script can take it. */
    private int shown(JsonNode made) {
        out.println(made.path("key").asString(""));
        out.println(
                "key %s of %s; it is shown this once"
                        .formatted(made.path("id").asString(""), made.path("name").asString("")));
        return 0;
    }

    int revoke(String id) throws IOException, InterruptedException {
        door.delete("/operator/caller-keys/" + OperatorDoor.encoded(id), "millrace keys revoke");
        out.println("key " + id + " is revoked");
        return 0;
    }
}
