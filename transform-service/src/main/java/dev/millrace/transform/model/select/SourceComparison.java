package dev.millrace.transform.model.select;

import dev.millrace.transform.model.manifest.Quoting;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.SourceTable;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;

/** Compares a source table with what it was, by dbt's rules of what is a change. */
final class SourceComparison {

    private final SourceTable now;
    private final PreviousResource before;

    SourceComparison(SourceTable now, PreviousResource before) {
        this.now = now;
        this.before = before;
    }

    boolean sameContents() {
        return sameRelation()
                && now.fqn()
                        .equals(
                                PreviousResource.listOf(before.get("fqn")).stream()
                                        .map(String::valueOf)
                                        .toList())
                && sameQuoting()
                && sameFreshness()
                && Values.withoutFalse(now.details().get("external"))
                        .equals(Values.withoutFalse(before.get("external")));
    }

    boolean sameRelation() {
        Relation relation = now.relation();
        return orEmpty(relation.database()).equals(before.text("database"))
                && orEmpty(relation.schema()).equals(before.text("schema"))
                && orEmpty(relation.identifier()).equals(before.text("identifier"));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** What the source itself said; what the project says of all is not written down with it. */
    private boolean sameQuoting() {
        Map<String, @Nullable Object> old = before.map("quoting");
        Quoting quoting = now.relation().quoting();
        return same(old.get("database"), quoting.database())
                && same(old.get("schema"), quoting.schema())
                && same(old.get("identifier"), quoting.identifier());
    }

    private static boolean same(@Nullable Object old, boolean now) {
        return old == null || old.equals(now);
    }

    private boolean sameFreshness() {
        Map<String, Object> freshness = new LinkedHashMap<>();
        String loadedAt = null;
        SourceTable.Freshness mine = now.freshness();
        if (mine != null) {
            put(freshness, "warn_after", mine.warnAfter());
            put(freshness, "error_after", mine.errorAfter());
            if (mine.filter() != null) {
                freshness.put("filter", mine.filter());
            }
            loadedAt = mine.loadedAt();
        }
        Object written = loadedAt == null ? now.details().get("loaded_at_field") : loadedAt;
        return Values.normal(freshness).equals(Values.normal(before.get("freshness")))
                && Values.normal(written).equals(Values.normal(before.get("loaded_at_field")));
    }

    private static void put(
            Map<String, Object> freshness, String key, SourceTable.@Nullable Age age) {
        if (age != null) {
            freshness.put(key, Map.of("count", age.count(), "period", age.period()));
        }
    }
}
