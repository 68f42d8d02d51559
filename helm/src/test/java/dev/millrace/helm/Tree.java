package dev.millrace.helm;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A node of parsed YAML, walked by keys; a missing key reads as an absent node. */
record Tree(@Nullable Object value, String path) {

    static Tree of(@Nullable Object value) {
        return new Tree(value, "");
    }

    /** Follows keys separated by slashes, as keys of Kubernetes contain dots. */
    Tree at(String keys) {
        Tree tree = this;
        for (String key : keys.split("/", -1)) {
            Object child = tree.value instanceof Map<?, ?> map ? map.get(key) : null;
            tree = new Tree(child, tree.path + "/" + key);
        }
        return tree;
    }

    boolean exists() {
        return value != null;
    }

    String text() {
        return Objects.toString(Objects.requireNonNull(value, () -> "nothing at " + path));
    }

    List<Tree> items() {
        if (!(value instanceof List<?> list)) {
            return List.of();
        }
        return list.stream().map(item -> new Tree(item, path + "[]")).toList();
    }

    Map<?, ?> map() {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    List<String> keys() {
        return map().keySet().stream().map(String::valueOf).toList();
    }
}
