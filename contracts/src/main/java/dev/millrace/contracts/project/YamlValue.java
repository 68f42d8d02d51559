package dev.millrace.contracts.project;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.UnicodeReader;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A value in a YAML file that knows where it stands. Mistakes go to the collector it carries. */
public final class YamlValue {

    /** What is taken as it is written; a merge's sign that stands for a value is text as well. */
    private static final Set<Tag> TEXT = Set.of(Tag.STR, Tag.TIMESTAMP, Tag.MERGE);

    private static final Set<Tag> CONSTRUCTED = Set.of(Tag.BOOL, Tag.INT, Tag.FLOAT);
    private static final int MAX_CHARACTERS = 3_000_000;
    private static final int MAX_DEPTH = 50;
    private static final int MAX_ALIASES = 50;

    private final String file;
    private final Node node;
    private final Environment environment;
    private final Problems problems;

    private YamlValue(String file, Node node, Environment environment, Problems problems) {
        this.file = file;
        this.node = node;
        this.environment = environment;
        this.problems = problems;
    }

    /**
     * Parses a file that holds one document.
     *
     * @param environment fills in {@code ${NAME}}; {@link #verbatim()} for formats that give these
     *     characters a meaning of their own
     * @return nothing if the file is empty or is no YAML; the latter is a problem
     */
    public static Optional<YamlValue> parse(
            String file, byte[] content, Environment environment, Problems problems) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(true); // reported by YamlMapping, with both places
        options.setCodePointLimit(MAX_CHARACTERS);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        try {
            Node root =
                    new Yaml(options)
                            .compose(new UnicodeReader(new java.io.ByteArrayInputStream(content)));
            if (root == null || root.getTag().equals(Tag.NULL)) {
                return Optional.empty();
            }
            AliasGuard.check(root);
            return Optional.of(new YamlValue(file, root, environment, problems));
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            problems.add(
                    new Position(
                            file,
                            mark == null ? 1 : mark.getLine() + 1,
                            mark == null ? 1 : mark.getColumn() + 1),
                    "this is not valid YAML: " + e.getProblem());
            return Optional.empty();
        } catch (YAMLException e) {
            problems.add(new Position(file, 1, 1), "this is not valid YAML: " + e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * A mapping that a user wrote in one line, such as <code>{schema: old}</code>; JSON is such a
     * mapping too.
     *
     * @return plain values; empty for text without any, and nothing if it is no mapping
     */
    public static Optional<Map<String, @Nullable Object>> inlineMapping(String yaml) {
        if (yaml.isBlank()) {
            return Optional.of(Map.of());
        }
        Problems problems = new Problems();
        Object plain =
                parse("line", yaml.getBytes(StandardCharsets.UTF_8), verbatim(), problems)
                        .map(YamlValue::plain)
                        .orElse("");
        if (!(plain instanceof Map<?, ?> map) || !problems.isEmpty()) {
            return Optional.empty();
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        map.forEach((name, value) -> values.put(String.valueOf(name), value));
        return Optional.of(values);
    }

    /** An environment that leaves {@code ${NAME}} as it is written. */
    public static Environment verbatim() {
        return name -> Optional.of("${" + name + "}");
    }

    public Position position() {
        return position(node);
    }

    public boolean isNull() {
        return node.getTag().equals(Tag.NULL);
    }

    public boolean isScalar() {
        return node.getNodeId() == NodeId.scalar;
    }

    public boolean isList() {
        return node.getNodeId() == NodeId.sequence;
    }

    public boolean isMapping() {
        return node.getNodeId() == NodeId.mapping;
    }

    /** The scalar as text, with the environment filled in; a problem and nothing otherwise. */
    public Optional<String> text() {
        if (node instanceof ScalarNode scalar && !isNull()) {
            return Optional.of(environment.resolve(scalar.getValue(), position(), problems));
        }
        reject("expected text");
        return Optional.empty();
    }

    /** Whether the scalar takes anything from the environment. */
    public boolean hasPlaceholder() {
        return node instanceof ScalarNode scalar
                && Environment.PLACEHOLDER.matcher(scalar.getValue()).find();
    }

    /** The items of a list; a single value that is no list counts as a list of itself. */
    public List<YamlValue> items() {
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().stream().map(this::at).toList();
        }
        return isNull() ? List.of() : List.of(this);
    }

    /**
     * The keys of a mapping, with those that {@code <<} merges into it unless it has them itself; a
     * problem and an empty mapping otherwise.
     */
    public YamlMapping mapping() {
        Map<String, YamlValue> entries = new LinkedHashMap<>();
        Map<String, Position> keys = new LinkedHashMap<>();
        if (node instanceof MappingNode mapping) {
            List<NodeTuple> merges = new ArrayList<>();
            for (NodeTuple tuple : mapping.getValue()) {
                if (isMerge(tuple.getKeyNode())) {
                    merges.add(tuple);
                } else {
                    addEntry(tuple, entries, keys);
                }
            }
            merges.forEach(merge -> at(merge.getValueNode()).mergeInto(entries, keys));
            merges.stream().skip(1).forEach(second -> rejectSecond(second, merges.getFirst()));
        } else if (!isNull()) {
            reject("expected keys with values");
        }
        return new YamlMapping(this, entries, keys, problems);
    }

    /**
     * The value as plain Java: maps, lists, text, integers, doubles, booleans, null, by YAML's own
     * rules for what an unquoted scalar is. A date is the text that was written: who reads it next
     * is SQL or JSON, not Java.
     */
    public @Nullable Object plain() {
        return switch (node) {
            case MappingNode mapping -> {
                Map<String, @Nullable Object> plain = new LinkedHashMap<>();
                mapping().entries().forEach((key, value) -> plain.put(key, value.plain()));
                yield plain;
            }
            case SequenceNode sequence -> {
                List<@Nullable Object> plain = new ArrayList<>();
                items().forEach(item -> plain.add(item.plain()));
                yield plain;
            }
            case ScalarNode _ when isNull() -> null;
            case ScalarNode scalar when TEXT.contains(scalar.getTag()) -> text().orElse("");
            case ScalarNode scalar -> constructed(scalar);
            default -> null;
        };
    }

    private @Nullable Object constructed(ScalarNode scalar) {
        Object constructed = null;
        if (CONSTRUCTED.contains(scalar.getTag())) {
            try {
                constructed = new PlainScalar().of(scalar);
            } catch (RuntimeException _) {
                // The parser throws whatever its conversions happen to throw.
            }
        }
        if (constructed == null) {
            reject(
                    "'%s' is no %s; quote it if it is text"
                            .formatted(
                                    scalar.getValue(),
                                    scalar.getTag().getValue().replace(Tag.PREFIX, "!!")));
        }
        return constructed;
    }

    private void mergeInto(Map<String, YamlValue> entries, Map<String, Position> keys) {
        switch (node) {
            case MappingNode _ -> {
                YamlMapping merged = mapping();
                merged.entries()
                        .forEach(
                                (key, value) -> {
                                    if (keys.putIfAbsent(key, merged.position(key)) == null) {
                                        entries.put(key, value);
                                    }
                                });
            }
            // The first that has a key wins.
            case SequenceNode sequence when allMappings(sequence) ->
                    sequence.getValue().forEach(item -> at(item).mergeInto(entries, keys));
            default -> reject("'<<' merges a mapping, or a list of mappings, into this one");
        }
    }

    private void rejectSecond(NodeTuple merge, NodeTuple first) {
        problems.add(
                position(merge.getKeyNode()),
                "the key '<<' stands already in line %d; merge a list, as in '<<: [*a, *b]'"
                        .formatted(position(first.getKeyNode()).line()));
    }

    private static boolean allMappings(SequenceNode sequence) {
        return sequence.getValue().stream().allMatch(MappingNode.class::isInstance);
    }

    /** A quoted {@code "<<"} is a key like others. */
    private static boolean isMerge(Node key) {
        return key.getTag().equals(Tag.MERGE);
    }

    /** Reports a mistake at this value. */
    public void reject(String message) {
        problems.add(position(), message);
    }

    private void addEntry(
            NodeTuple tuple, Map<String, YamlValue> entries, Map<String, Position> keys) {
        Position at = position(tuple.getKeyNode());
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            problems.add(at, "a key must be text");
            return;
        }
        Position earlier = keys.putIfAbsent(key.getValue(), at);
        if (earlier != null) {
            problems.add(
                    at,
                    "the key '" + key.getValue() + "' stands already in line " + earlier.line());
            return;
        }
        entries.put(key.getValue(), at(tuple.getValueNode()));
    }

    private YamlValue at(Node child) {
        return new YamlValue(file, child, environment, problems);
    }

    private Position position(Node at) {
        Mark mark = at.getStartMark();
        return new Position(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static final class PlainScalar extends SafeConstructor {

        PlainScalar() {
            super(new LoaderOptions());
        }

        @Nullable Object of(ScalarNode scalar) {
            return constructObject(scalar);
        }
    }
}
