package dev.millrace.transform.quarantine;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A JSON Pointer (RFC 6901): the way to a place in a value. */
final class Pointer {

    private static final Pattern INDEX = Pattern.compile("0|[1-9][0-9]{0,8}");
    private static final Pattern WRONG_ESCAPE = Pattern.compile("~(?![01])");
    private static final String END = "-";

    private final String text;
    private final List<String> steps;

    private Pointer(String text, List<String> steps) {
        this.text = text;
        this.steps = steps;
    }

    static Pointer parse(String text) throws InvalidPatchException {
        if (text.isEmpty()) {
            return new Pointer(text, List.of());
        }
        if (text.charAt(0) != '/' || WRONG_ESCAPE.matcher(text).find()) {
            throw new InvalidPatchException(
                    ("'%s' is no JSON Pointer: it begins with a slash, such as /properties/total,"
                                    + " and ~ is written ~0, / within a name ~1")
                            .formatted(text));
        }
        List<String> steps = new ArrayList<>();
        for (String step : text.substring(1).split("/", -1)) {
            steps.add(step.replace("~1", "/").replace("~0", "~"));
        }
        return new Pointer(text, steps);
    }

    int depth() {
        return steps.size();
    }

    boolean isRoot() {
        return steps.isEmpty();
    }

    /** Whether a value cannot go to the other place, as it would lie within itself. */
    boolean isAbove(Pointer other) {
        return other.steps.size() > steps.size()
                && other.steps.subList(0, steps.size()).equals(steps);
    }

    boolean isSameAs(Pointer other) {
        return steps.equals(other.steps);
    }

    /** What stands there. */
    JsonNode find(JsonNode root) throws PatchFailedException {
        JsonNode found = root;
        for (String step : steps) {
            JsonNode next = child(found, step);
            if (next == null) {
                throw nothing();
            }
            found = next;
        }
        return found;
    }

    /** Puts a value there, before what an array has there, and returns the root. */
    JsonNode add(JsonNode root, JsonNode value) throws PatchFailedException {
        if (isRoot()) {
            return value;
        }
        switch (parent(root)) {
            case ObjectNode object -> object.set(last(), value);
            case ArrayNode array -> {
                if (last().equals(END)) {
                    array.add(value);
                } else if (INDEX.matcher(last()).matches()
                        && Integer.parseInt(last()) <= array.size()) {
                    array.insert(Integer.parseInt(last()), value);
                } else {
                    throw nothing();
                }
            }
            default -> throw nothing();
        }
        return root;
    }

    /** Puts a value in the place of what is there, and returns the root. */
    JsonNode replace(JsonNode root, JsonNode value) throws PatchFailedException {
        find(root);
        if (isRoot()) {
            return value;
        }
        switch (parent(root)) {
            case ObjectNode object -> object.set(last(), value);
            case ArrayNode array -> array.set(Integer.parseInt(last()), value);
            default -> throw nothing();
        }
        return root;
    }

    /** Takes away what stands there. */
    void remove(JsonNode root) throws PatchFailedException {
        if (isRoot()) {
            throw new PatchFailedException("the whole value cannot be removed");
        }
        find(root);
        switch (parent(root)) {
            case ObjectNode object -> object.remove(last());
            case ArrayNode array -> array.remove(Integer.parseInt(last()));
            default -> throw nothing();
        }
    }

    private JsonNode parent(JsonNode root) throws PatchFailedException {
        return new Pointer(text, steps.subList(0, steps.size() - 1)).find(root);
    }

    private String last() {
        return steps.getLast();
    }

    private static @Nullable JsonNode child(JsonNode parent, String step) {
        return switch (parent) {
            case ObjectNode object -> object.get(step);
            case ArrayNode array ->
                    INDEX.matcher(step).matches() ? array.get(Integer.parseInt(step)) : null;
            default -> null;
        };
    }

    private PatchFailedException nothing() {
        return new PatchFailedException("there is nothing at " + text);
    }

    @Override
    public String toString() {
        return text;
    }
}
