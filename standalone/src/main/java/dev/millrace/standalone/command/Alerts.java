package dev.millrace.standalone.command;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Serving's operators' doors for alerts, shown to somebody at a terminal. */
final class Alerts {

    private static final Pattern MATCHER =
            Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)(=~|!~|!=|=)(.*)", Pattern.DOTALL);

    private final OperatorDoor door;
    private final Clock clock;
    private final PrintWriter out;

    Alerts(OperatorDoor door, Clock clock, PrintWriter out) {
        this.door = door;
        this.clock = clock;
        this.out = out;
    }

    int list(@Nullable String state) throws IOException, InterruptedException {
        String after = "";
        Set<String> withInstances = new HashSet<>();
        List<JsonNode> rules = new ArrayList<>();
        do {
            JsonNode page =
                    door.get(
                            "/operator/alerts?limit=500"
                                    + (state == null ? "" : "&state=" + OperatorDoor.encoded(state))
                                    + (after.isEmpty()
                                            ? ""
                                            : "&after=" + OperatorDoor.encoded(after)));
            for (JsonNode instance : page.path("instances")) {
                withInstances.add(instance.path("alert").asString(""));
                line(instance);
            }
            rules.clear();
            page.path("alerts").forEach(rules::add);
            after = page.path("next").asString("");
        } while (!after.isEmpty());
        for (JsonNode rule : rules) {
            String name = rule.path("name").asString("");
            if (rule.path("state").asString("").equals("error")) {
                out.println(
                        "%-9s %s: %s".formatted("error", name, rule.path("error").asString("")));
            } else if (state == null && !withInstances.contains(name)) {
                out.println("%-9s %s".formatted(rule.path("state").asString(""), name));
            }
        }
        if (rules.isEmpty()) {
            out.println("The project has no alerts; describe one in alerts/<name>.yml");
        }
        return 0;
    }

    private void line(JsonNode instance) {
        StringBuilder line = new StringBuilder();
        line.append(
                "%-9s %s%s since %s, value %s"
                        .formatted(
                                instance.path("state").asString(""),
                                instance.path("alert").asString(""),
                                labels(instance.path("labels")),
                                instance.path("since").asString(""),
                                instance.path("value").isNull()
                                        ? "-"
                                        : instance.path("value").toString()));
        if (!instance.path("mutedBy").isNull()) {
            line.append(", muted by ").append(instance.path("mutedBy").asString(""));
        }
        if (instance.path("acknowledged").isObject()) {
            line.append(", acknowledged by ")
                    .append(instance.path("acknowledged").path("by").asString(""));
        }
        if (!instance.path("note").isNull()) {
            line.append(" (").append(instance.path("note").asString("")).append(')');
        }
        out.println(line);
    }

    private static String labels(JsonNode labels) {
        List<String> written = new ArrayList<>();
        labels.properties()
                .forEach(
                        label -> written.add(label.getKey() + "=" + label.getValue().asString("")));
        return written.isEmpty() ? "" : " {" + String.join(", ", written) + "}";
    }

    int test(String name, Duration back, @Nullable String step)
            throws IOException, InterruptedException {
        Instant now = clock.instant();
        ObjectNode trial = JsonMapper.shared().createObjectNode();
        trial.put("alert", name);
        trial.put("from", now.minus(back).toString());
        trial.put("to", now.toString());
        if (step != null) {
            trial.put("step", step);
        }
        JsonNode story = door.post("/operator/alerts/test", trial, "millrace alerts test");
        for (JsonNode change : story.path("changes")) {
            out.println(
                    "%s  %-8s -> %-8s%s value %s"
                            .formatted(
                                    change.path("at").asString(""),
                                    change.path("from").asString(""),
                                    change.path("to").asString(""),
                                    labels(change.path("labels")),
                                    change.path("value").toString()));
        }
        story.path("notes").forEach(note -> out.println("note: " + note.asString("")));
        out.println(
                "%s would have fired %d times; %d steps of %s"
                        .formatted(
                                name,
                                story.path("firings").asLong(0),
                                story.path("steps").asLong(0),
                                story.path("step").asString("")));
        if (!story.path("complete").asBoolean(false)) {
            out.println(
                    "It came only to %s; take a longer --step or a shorter --since."
                            .formatted(story.path("until").asString("")));
            return 1;
        }
        return 0;
    }

    int silence(List<String> matchers, String length, String comment)
            throws IOException, InterruptedException {
        ObjectNode silence = JsonMapper.shared().createObjectNode();
        ArrayNode list = silence.putArray("matchers");
        for (String written : matchers) {
            Matcher matcher = MATCHER.matcher(written);
            boolean full = matcher.matches();
            String sign = full ? matcher.group(2) : "=";
            list.addObject()
                    .put("name", full ? matcher.group(1) : "alertname")
                    .put("value", full ? matcher.group(3) : written)
                    .put("isRegex", sign.endsWith("~"))
                    .put("isEqual", !sign.startsWith("!"));
        }
        silence.put("duration", length);
        silence.put("comment", comment);
        JsonNode made = door.post("/operator/silences", silence, comment);
        out.println(
                "silence %s until %s"
                        .formatted(made.path("id").asString(""), made.path("endsAt").asString("")));
        return 0;
    }

    int silences() throws IOException, InterruptedException {
        for (JsonNode silence : door.get("/operator/silences?limit=1000").path("silences")) {
            List<String> matchers = new ArrayList<>();
            for (JsonNode matcher : silence.path("matchers")) {
                matchers.add(
                        matcher.path("name").asString("")
                                + (matcher.path("isEqual").asBoolean(true) ? "=" : "!")
                                + (matcher.path("isRegex").asBoolean(false)
                                        ? "~"
                                        : matcher.path("isEqual").asBoolean(true) ? "" : "=")
                                + matcher.path("value").asString(""));
            }
            out.println(
                    "%s  %s until %s by %s: %s"
                            .formatted(
                                    silence.path("id").asString(""),
                                    String.join(" ", matchers),
                                    silence.path("endsAt").asString(""),
                                    silence.path("createdBy").asString(""),
                                    silence.path("comment").asString("")));
        }
        return 0;
    }

    int endSilence(String id) throws IOException, InterruptedException {
        door.delete(
                "/operator/silences/" + OperatorDoor.encoded(id), "millrace alerts silence --end");
        out.println("silence " + id + " has ended");
        return 0;
    }
}
