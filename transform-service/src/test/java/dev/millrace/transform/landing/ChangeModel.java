package dev.millrace.transform.landing;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** A table in memory that changes are applied to in the order in which they happened. */
final class ChangeModel {

    /** A row as it was, from when until when. */
    static final class Version {
        private final int id;
        private final @Nullable String a;
        private final int b;
        private final long from;
        private @Nullable Long to;

        Version(int id, @Nullable String a, int b, long from) {
            this.id = id;
            this.a = a;
            this.b = b;
            this.from = from;
        }

        private String values() {
            return id + "|" + (a == null ? "-" : a) + "|" + b;
        }
    }

    private final Map<Integer, Version> rows = new TreeMap<>();
    private final Map<Integer, Version> gone = new TreeMap<>();
    private final List<Version> history = new ArrayList<>();

    /** Sets a row; an absent value stays as it was. */
    void set(int id, @Nullable String a, boolean keepsA, int b, long at) {
        Version before = rows.get(id);
        Version now = new Version(id, keepsA ? Objects.requireNonNull(before).a : a, b, at);
        if (before != null) {
            before.to = at;
        }
        gone.remove(id);
        rows.put(id, now);
        history.add(now);
    }

    void delete(int id, long at) {
        Version before = rows.remove(id);
        if (before != null) {
            before.to = at;
            gone.put(id, before);
        }
    }

    void truncate(long at) {
        List.copyOf(rows.keySet()).forEach(id -> delete(id, at));
    }

    boolean has(int id) {
        return rows.containsKey(id);
    }

    List<String> hard() {
        return rows.values().stream().map(Version::values).toList();
    }

    List<String> soft() {
        Map<Integer, String> all = new TreeMap<>();
        rows.forEach((id, row) -> all.put(id, row.values() + "|-"));
        gone.forEach((id, row) -> all.put(id, row.values() + "|" + row.to));
        return List.copyOf(all.values());
    }

    List<String> history() {
        return history.stream()
                .sorted(
                        java.util.Comparator.comparingInt((Version version) -> version.id)
                                .thenComparingLong(version -> version.from))
                .map(v -> v.values() + "|" + v.from + "|" + (v.to == null ? "-" : v.to))
                .toList();
    }
}
