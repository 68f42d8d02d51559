package dev.millrace.serving.query;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.Dimension;
import dev.millrace.contracts.project.cube.Join;
import dev.millrace.contracts.project.cube.SqlTemplate;
import dev.millrace.serving.semantic.SemanticModel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The catalogue with what the model's files say beside: SQL, joins, where each cube stands. */
final class ExtendedCatalogue {

    private final SemanticModel model;

    ExtendedCatalogue(SemanticModel model) {
        this.model = model;
    }

    List<Map<String, Object>> of(List<Map<String, Object>> catalogue) {
        return catalogue.stream().map(this::extended).toList();
    }

    private Map<String, Object> extended(Map<String, Object> entry) {
        Map<String, Object> extended = new LinkedHashMap<>(entry);
        String name = String.valueOf(entry.get("name"));
        Optional<Cube> cube = model.source().cube(name);
        cube.ifPresent(
                found -> {
                    extended.put(found.table() ? "sqlTable" : "sql", found.relation().source());
                    extended.put(
                            "joins", found.joins().stream().map(ExtendedCatalogue::join).toList());
                    extended.put("measures", members(entry, "measures", found));
                    extended.put("dimensions", members(entry, "dimensions", found));
                    extended.put("segments", members(entry, "segments", found));
                    extended.put("fileName", found.position().file());
                });
        model.source().views().stream()
                .filter(view -> view.name().equals(name))
                .findFirst()
                .ifPresent(view -> extended.put("fileName", view.position().file()));
        return extended;
    }

    private static Map<String, Object> join(Join join) {
        return Map.of(
                "name",
                join.target(),
                "relationship",
                MemberNotes.camelCase(join.relationship().name().toLowerCase(Locale.ROOT)),
                "sql",
                join.condition().source());
    }

    private static List<Object> members(Map<String, Object> entry, String kind, Cube cube) {
        List<Object> members = new ArrayList<>();
        for (Object item : (List<?>) entry.getOrDefault(kind, List.of())) {
            Map<String, Object> member = new LinkedHashMap<>();
            ((Map<?, ?>) item).forEach((key, value) -> member.put(String.valueOf(key), value));
            String path = String.valueOf(member.get("name"));
            sql(cube, path.substring(path.indexOf('.') + 1))
                    .ifPresent(sql -> member.put("sql", sql));
            members.add(member);
        }
        return members;
    }

    private static Optional<String> sql(Cube cube, String member) {
        return cube.measure(member)
                .flatMap(measure -> Optional.ofNullable(measure.sql()).map(SqlTemplate::source))
                .or(() -> cube.dimension(member).flatMap(ExtendedCatalogue::sql))
                .or(() -> cube.segment(member).map(s -> s.condition().source()));
    }

    private static Optional<String> sql(Dimension dimension) {
        return switch (dimension.expression()) {
            case Dimension.Sql(SqlTemplate sql) -> Optional.of(sql.source());
            case Dimension.SubQuery(SqlTemplate sql, _) -> Optional.of(sql.source());
            case Dimension.Case _, Dimension.Geo _, Dimension.Switch _ -> Optional.empty();
        };
    }
}
