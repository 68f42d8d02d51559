package dev.millrace.transform.quarantine;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A JSON Patch (RFC 6902): steps that change a value, all of them or none. Numbers that it does not
 * touch keep their spelling, and those that it brings have theirs.
 */
public final class JsonPatch {

    private static final int MOST_STEPS = 1_000;
    private static final int MAX_DEPTH = 1_000;

    /**
     * Each copy may double a value: a short patch could ask for all memory there is. Counted are
     * values, names and characters.
     */
    private static final int MOST_ADDED = 4_000_000;

    private final List<Step> steps;

    private JsonPatch(List<Step> steps) {
        this.steps = steps;
    }

    private enum Operation {
        ADD,
        REMOVE,
        REPLACE,
        MOVE,
        COPY,
        TEST;

        static Optional<Operation> of(String text) {
            return Arrays.stream(values())
                    .filter(operation -> operation.text().equals(text))
                    .findFirst();
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean hasValue() {
            return this == ADD || this == REPLACE || this == TEST;
        }

        boolean hasFrom() {
            return this == MOVE || this == COPY;
        }
    }

    /** One operation; those without a value or origin have the value null, and the root. */
    private record Step(Operation operation, Pointer path, JsonNode value, Pointer from) {

        /** What it brings into the value. */
        JsonNode addition(JsonNode root) throws PatchFailedException {
            return operation.hasFrom() ? from.find(root) : value;
        }
    }

    /** Reads a patch that was kept as text. */
    public static JsonPatch parse(String text) throws InvalidPatchException {
        try {
            return of(ExactJson.read(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoJsonException e) {
            throw new InvalidPatchException("the patch is " + e.getMessage());
        }
    }

    /** Reads a patch out of {@link ExactJson}. */
    public static JsonPatch of(JsonNode json) throws InvalidPatchException {
        if (!(json instanceof ArrayNode array) || array.size() > MOST_STEPS) {
            throw new InvalidPatchException(
                    ("a patch is an array of at most %d operations, such as [{\"op\": \"replace\","
                                    + " \"path\": \"/properties/total\", \"value\": 12.50}]")
                            .formatted(MOST_STEPS));
        }
        List<Step> steps = new ArrayList<>();
        for (JsonNode step : array) {
            try {
                steps.add(step(step));
            } catch (InvalidPatchException e) {
                throw new InvalidPatchException(
                        "operation %d: %s".formatted(steps.size() + 1, e.getMessage()));
            }
        }
        return new JsonPatch(steps);
    }

    private static Step step(JsonNode json) throws InvalidPatchException {
        if (!(json instanceof ObjectNode object)) {
            throw new InvalidPatchException("it is no object");
        }
        Operation operation =
                Operation.of(text(object, "op"))
                        .orElseThrow(
                                () ->
                                        new InvalidPatchException(
                                                "'op' is one of "
                                                        + Arrays.stream(Operation.values())
                                                                .map(Operation::text)
                                                                .collect(
                                                                        Collectors.joining(", "))));
        Pointer path = Pointer.parse(text(object, "path"));
        JsonNode value = object.get("value");
        if (operation.hasValue() && value == null) {
            throw new InvalidPatchException(operation.text() + " needs a 'value'");
        }
        Pointer from = operation.hasFrom() ? Pointer.parse(text(object, "from")) : path;
        if (operation == Operation.MOVE && from.isAbove(path)) {
            throw new InvalidPatchException(
                    "%s cannot move to %s, which lies within it".formatted(from, path));
        }
        return new Step(operation, path, value == null ? object.nullNode() : value, from);
    }

    private static String text(ObjectNode object, String name) throws InvalidPatchException {
        JsonNode text = object.get(name);
        if (text == null || !text.isString()) {
            throw new InvalidPatchException("'%s' is a text".formatted(name));
        }
        return text.asString();
    }

    /**
     * Changes a value, which is of no use afterwards.
     *
     * @return the changed value
     * @throws PatchFailedException if a step does not go with the value
     */
    public JsonNode apply(JsonNode value) throws PatchFailedException {
        JsonNode root = value;
        long added = 0;
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            try {
                added += size(step.addition(root), MAX_DEPTH - step.path().depth());
                if (added > MOST_ADDED) {
                    throw new PatchFailedException("the value grows without bounds");
                }
                root = apply(root, step);
            } catch (PatchFailedException e) {
                throw new PatchFailedException(
                        "the patch does not go with the value: operation %d (%s %s): %s"
                                .formatted(
                                        i + 1,
                                        step.operation().text(),
                                        step.path(),
                                        e.getMessage()));
            }
        }
        return root;
    }

    private static JsonNode apply(JsonNode root, Step step) throws PatchFailedException {
        Pointer path = step.path();
        return switch (step.operation()) {
            case ADD -> path.add(root, step.value().deepCopy());
            case REPLACE -> path.replace(root, step.value().deepCopy());
            case REMOVE -> {
                path.remove(root);
                yield root;
            }
            case COPY -> path.add(root, step.from().find(root).deepCopy());
            case MOVE -> {
                JsonNode moved = step.from().find(root);
                if (step.from().isSameAs(path)) {
                    yield root;
                }
                step.from().remove(root);
                yield path.add(root, moved);
            }
            case TEST -> {
                if (!ExactJson.same(path.find(root), step.value())) {
                    throw new PatchFailedException("another value is there");
                }
                yield root;
            }
        };
    }

    /** About what a value takes in memory, which must not be deeper than some levels. */
    private static long size(JsonNode value, int levels) throws PatchFailedException {
        if (levels < 0) {
            throw new PatchFailedException(
                    "the value would be nested deeper than " + MAX_DEPTH + " levels");
        }
        if (value.isString()) {
            return 1L + value.stringValue().length();
        }
        long size = 1;
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            size += member.getKey().length() + size(member.getValue(), levels - 1);
        }
        if (value.isArray()) {
            for (JsonNode item : value) {
                size += size(item, levels - 1);
            }
        }
        return size;
    }
}
