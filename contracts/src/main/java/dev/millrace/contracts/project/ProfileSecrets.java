package dev.millrace.contracts.project;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Empties dbt's {@code profiles.yml} of all but what Millrace reads in it. Snapshots are kept in
 * databases, and the connections of that file often hold passwords under names that only their
 * adapter knows. Lines stay where they are, so that mistakes are told at their place.
 */
final class ProfileSecrets {

    private static final Pattern FILE = Pattern.compile("(?:.*/)?profiles\\.ya?ml");
    private static final Set<String> KEPT = Set.of("target", "schema", "type");
    private static final Pattern PROPERTIES = Pattern.compile("(?:[&!]\\S*\\s+)+");
    private static final Pattern LINE = Pattern.compile("(?m)^(\\s*[\\w\"'-]+\\s*:)?(.*)$");

    private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<ScalarNode> kept = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<ScalarNode> emptied = Collections.newSetFromMap(new IdentityHashMap<>());

    private ProfileSecrets() {}

    static boolean mayStandIn(String path) {
        return FILE.matcher(path).matches();
    }

    /** The file without its secrets; the same again if it has none. */
    static byte[] remove(byte[] content) {
        String text = new String(content, StandardCharsets.UTF_8);
        String start = text.startsWith("\uFEFF") ? "\uFEFF" : "";
        String body = text.substring(start.length());
        try {
            LoaderOptions options = new LoaderOptions();
            options.setAllowDuplicateKeys(true);
            Node root = new Yaml(options).compose(new StringReader(body));
            if (root == null) {
                return content;
            }
            ProfileSecrets secrets = new ProfileSecrets();
            secrets.collect(root, false, false);
            String emptied = secrets.empty(body);
            return emptied.equals(body)
                    ? content
                    : (start + emptied).getBytes(StandardCharsets.UTF_8);
        } catch (YAMLException e) {
            return cover(content);
        }
    }

    /**
     * @param inKey whether the node is part of a key, which Jinja without quotes is: a mapping that
     *     is the key of another
     */
    private void collect(Node node, boolean keep, boolean inKey) {
        if (node instanceof ScalarNode scalar) {
            (keep ? kept : emptied).add(scalar);
            return;
        }
        if (!seen.add(node)) {
            return;
        }
        switch (node) {
            case MappingNode mapping -> {
                for (NodeTuple tuple : mapping.getValue()) {
                    boolean named = tuple.getKeyNode() instanceof ScalarNode && !inKey;
                    if (!named) {
                        collect(tuple.getKeyNode(), false, true);
                    }
                    boolean read =
                            named
                                    && tuple.getKeyNode() instanceof ScalarNode key
                                    && KEPT.contains(key.getValue());
                    collect(tuple.getValueNode(), read, inKey);
                }
            }
            case SequenceNode sequence ->
                    sequence.getValue().forEach(item -> collect(item, false, inKey));
            default -> {}
        }
    }

    private String empty(String text) {
        // The parser counts characters beyond the basic plane as one.
        int[] points = text.codePoints().toArray();
        List<ScalarNode> inOrder =
                emptied.stream()
                        .filter(scalar -> !kept.contains(scalar) && !scalar.getValue().isEmpty())
                        .sorted(Comparator.comparingInt(scalar -> scalar.getStartMark().getIndex()))
                        .toList();
        StringBuilder result = new StringBuilder();
        int from = 0;
        for (ScalarNode scalar : inOrder) {
            int begin = scalar.getStartMark().getIndex();
            int end = scalar.getEndMark().getIndex();
            result.append(new String(points, from, begin - from));
            String written = new String(points, begin, end - begin);
            // An alias may stand for it elsewhere, so that its anchor stays.
            Matcher properties = PROPERTIES.matcher(written);
            result.append(properties.lookingAt() ? properties.group() : "");
            result.append("\"\"");
            result.append("\n".repeat((int) written.chars().filter(c -> c == '\n').count()));
            from = end;
        }
        return result.append(new String(points, from, points.length - from)).toString();
    }

    /** What is no YAML stays none, with its mistake at the same place, but says nothing. */
    private static byte[] cover(byte[] content) {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        return LINE.matcher(text)
                .replaceAll(ProfileSecrets::covered)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String covered(MatchResult line) {
        String key = line.group(1) == null ? "" : line.group(1);
        String name = key.replaceAll("\\W", "");
        String value = line.group(2);
        return Matcher.quoteReplacement(
                key
                        + (KEPT.contains(name)
                                ? value
                                : value.replaceAll("[^\\s{}\\[\\]:,'\"#|>*&]", "x")));
    }
}
