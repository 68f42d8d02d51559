package dev.millrace.transform.model;

import dev.millrace.contracts.project.NearestName;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** dbt's selection syntax: which nodes of a graph a run is about. */
public final class Selection {

    private static final Pattern CRITERION =
            Pattern.compile(
                    "(?<at>@)?(?:(?<up>\\d*)\\+)?(?:(?<method>[a-z_]+(?:\\.[A-Za-z0-9_.-]+)?):)?(?<value>[^+@]+)(?:\\+(?<down>\\d*))?");
    private static final List<String> METHODS =
            List.of("config", "file", "fqn", "package", "path", "resource_type", "source", "tag");
    private static final int UNBOUNDED = Integer.MAX_VALUE;

    private final ModelGraph graph;

    private Selection(ModelGraph graph) {
        this.graph = graph;
    }

    /**
     * The nodes that a selection names, in the order in which they can be built.
     *
     * @param select what to take; empty takes everything
     * @param exclude what to leave out of it
     * @throws InvalidSelectionException if one of them is no selection, or finds nothing
     */
    public static List<Node> of(ModelGraph graph, String select, String exclude)
            throws InvalidSelectionException {
        Selection selection = new Selection(graph);
        Set<String> chosen = select.isBlank() ? graph.nodes().keySet() : selection.union(select);
        Set<String> left = exclude.isBlank() ? Set.of() : selection.union(exclude);
        return graph.nodes().values().stream()
                .filter(node -> chosen.contains(node.id()) && !left.contains(node.id()))
                .toList();
    }

    private Set<String> union(String text) throws InvalidSelectionException {
        Set<String> union = new LinkedHashSet<>();
        for (String part : text.strip().split("\\s+", -1)) {
            union.addAll(intersection(part));
        }
        return union;
    }

    private Set<String> intersection(String text) throws InvalidSelectionException {
        Set<String> common = null;
        for (String part : text.split(",", -1)) {
            Set<String> found = criterion(part);
            if (common == null) {
                common = new LinkedHashSet<>(found);
            } else {
                common.retainAll(found);
            }
        }
        return common == null ? Set.of() : common;
    }

    private Set<String> criterion(String text) throws InvalidSelectionException {
        Matcher matcher = CRITERION.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidSelectionException("'" + text + "' is no selection");
        }
        String method = matcher.group("method");
        String value = matcher.group("value");
        Set<String> found = method == null ? bare(value) : byMethod(method, value);
        if (found.isEmpty()) {
            throw new InvalidSelectionException(nothing(text, method, value));
        }
        Set<String> all = new LinkedHashSet<>(found);
        if (matcher.group("at") != null) {
            Set<String> descendants = reach(found, UNBOUNDED, true);
            all.addAll(descendants);
            all.addAll(reach(all, UNBOUNDED, false));
            return all;
        }
        if (matcher.group("up") != null) {
            all.addAll(reach(found, depth(matcher.group("up")), false));
        }
        if (matcher.group("down") != null) {
            all.addAll(reach(found, depth(matcher.group("down")), true));
        }
        return all;
    }

    private String nothing(String text, @Nullable String method, String value) {
        Set<String> names = new TreeSet<>();
        graph.nodes().values().forEach(node -> names.add(node.name()));
        return "the selection '"
                + text
                + "' finds nothing"
                + (method == null ? NearestName.hint(value, names) : "");
    }

    private static int depth(String digits) throws InvalidSelectionException {
        if (digits.isEmpty()) {
            return UNBOUNDED;
        }
        if (digits.length() > 6) {
            throw new InvalidSelectionException("'" + digits + "' is no number of steps");
        }
        return Integer.parseInt(digits);
    }

    private Set<String> reach(Set<String> from, int steps, boolean down) {
        Set<String> reached = new LinkedHashSet<>();
        Deque<Map.Entry<String, Integer>> open = new ArrayDeque<>();
        from.forEach(id -> open.add(Map.entry(id, 0)));
        while (!open.isEmpty()) {
            Map.Entry<String, Integer> step = open.remove();
            if (step.getValue() >= steps) {
                continue;
            }
            Set<String> next = down ? graph.children(step.getKey()) : graph.parents(step.getKey());
            for (String id : next) {
                if (reached.add(id)) {
                    open.add(Map.entry(id, step.getValue() + 1));
                }
            }
        }
        return reached;
    }

    private Set<String> bare(String value) {
        if (value.contains("/")) {
            return byPath(value);
        }
        if (value.endsWith(".sql") || value.endsWith(".csv")) {
            return byFile(value);
        }
        return byFqn(value);
    }

    private Set<String> byMethod(String method, String value) throws InvalidSelectionException {
        String base = method.contains(".") ? method.substring(0, method.indexOf('.')) : method;
        return switch (base) {
            case "tag" ->
                    nodes(node -> node.settings().tags().stream().anyMatch(t -> glob(value, t)));
            case "path" -> byPath(value);
            case "file" -> byFile(value);
            case "fqn" -> byFqn(value);
            case "package" ->
                    nodes(node -> value.equals("this") || glob(value, node.fqn().getFirst()));
            case "resource_type" -> nodes(node -> node.resourceType().equals(value));
            case "source" -> bySource(value);
            case "config" -> byConfig(method, value);
            default ->
                    throw new InvalidSelectionException(
                            "there is no way to select by '"
                                    + method
                                    + "'"
                                    + NearestName.hint(base, METHODS)
                                    + " (there are: "
                                    + String.join(", ", METHODS)
                                    + ")");
        };
    }

    private interface Criterion {
        boolean accepts(Node node);
    }

    private Set<String> nodes(Criterion criterion) {
        Set<String> ids = new LinkedHashSet<>();
        graph.nodes().values().stream()
                .filter(criterion::accepts)
                .forEach(node -> ids.add(node.id()));
        return ids;
    }

    private Set<String> byPath(String value) {
        String path = value.endsWith("/") ? value.substring(0, value.length() - 1) : value;
        return nodes(
                node -> {
                    List<String> prefixes = new ArrayList<>(List.of(node.path()));
                    for (int i = node.path().indexOf('/');
                            i >= 0;
                            i = node.path().indexOf('/', i + 1)) {
                        prefixes.add(node.path().substring(0, i));
                    }
                    return prefixes.stream().anyMatch(prefix -> glob(path, prefix));
                });
    }

    private Set<String> byFile(String value) {
        return nodes(
                node -> {
                    String file = node.path().substring(node.path().lastIndexOf('/') + 1);
                    String stem = file.substring(0, file.lastIndexOf('.'));
                    return glob(value, file) || glob(value, stem);
                });
    }

    private Set<String> byFqn(String value) {
        List<String> parts = List.of(value.split("\\.", -1));
        return nodes(
                node ->
                        (parts.size() == 1 && glob(value, node.fqn().getLast()))
                                || begins(node.fqn(), parts)
                                || begins(node.fqn().subList(1, node.fqn().size()), parts));
    }

    private static boolean begins(List<String> fqn, List<String> parts) {
        if (parts.size() > fqn.size()) {
            return false;
        }
        for (int i = 0; i < parts.size(); i++) {
            if (!glob(parts.get(i), fqn.get(i))) {
                return false;
            }
        }
        return true;
    }

    private Set<String> bySource(String value) {
        List<String> parts = List.of(value.split("\\.", -1));
        Set<String> ids = new LinkedHashSet<>();
        for (SourceTable table : graph.sources().values()) {
            List<String> full = List.of(graph.packageName(), table.source(), table.table());
            if (begins(full.subList(1, 3), parts) || (parts.size() == 3 && begins(full, parts))) {
                ids.add(table.id());
            }
        }
        return ids;
    }

    private Set<String> byConfig(String method, String value) {
        List<String> keys = List.of(method.split("\\.", -1));
        return nodes(
                node -> {
                    Object setting =
                            keys.size() > 1 && keys.get(1).equals("materialized")
                                    ? node.settings().materialized().label()
                                    : setting(node.settings().all(), keys.subList(1, keys.size()));
                    return setting instanceof List<?> several
                            ? several.stream().anyMatch(each -> glob(value, String.valueOf(each)))
                            : setting != null && String.valueOf(setting).equalsIgnoreCase(value);
                });
    }

    private static @Nullable Object setting(Map<?, ?> settings, List<String> keys) {
        Object value = settings;
        for (String key : keys) {
            value = value instanceof Map<?, ?> map ? map.get(key) : null;
        }
        return value;
    }

    /** The wildcards {@code * ? [abc] [!abc] [a-z]}. */
    static boolean glob(String pattern, String text) {
        StringBuilder regex = new StringBuilder();
        int i = 0;
        while (i < pattern.length()) {
            char c = pattern.charAt(i);
            int close = c == '[' ? pattern.indexOf(']', i + 2) : -1;
            if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else if (close > 0) {
                String set = pattern.substring(i + 1, close);
                boolean not = set.startsWith("!");
                regex.append(not ? "[^" : "[")
                        .append(
                                (not ? set.substring(1) : set)
                                        .replace("\\", "\\\\")
                                        .replace("[", "\\[")
                                        .replace("&", "\\&")
                                        .replace("^", "\\^"))
                        .append(']');
                i = close;
            } else {
                regex.append(Pattern.quote(Character.toString(c)));
            }
            i++;
        }
        try {
            return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(text).matches();
        } catch (java.util.regex.PatternSyntaxException e) {
            return pattern.equals(text);
        }
    }
}
