package dev.millrace.transform.run;

import dev.millrace.contracts.event.SchemaChanged.Certainty;
import dev.millrace.contracts.event.SchemaChanged.Use;
import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.SqlTemplate;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a cube reads, and which columns its members name. */
final class CubeUse {

    private final String name;
    private final boolean table;
    private final SqlWords relation;
    private final Map<String, SqlWords> members = new LinkedHashMap<>();

    CubeUse(Cube cube) {
        this.name = cube.name();
        this.table = cube.table();
        this.relation = words(Stream.of(cube.relation()));
        cube.dimensions().forEach(d -> members.put(d.name(), words(d.templates())));
        cube.measures()
                .forEach(
                        m ->
                                members.put(
                                        m.name(),
                                        words(Stream.concat(m.templates(), m.filters().stream()))));
    }

    /** What of it uses a relation, or a column of that. */
    List<Use> of(Set<String> relations, @Nullable String column) {
        if (relations.stream().noneMatch(relation::mention)) {
            return List.of();
        }
        if (column == null) {
            return List.of(new Use(name, Certainty.USES));
        }
        List<Use> uses = new ArrayList<>();
        if (!table && relation.mention(column)) {
            uses.add(new Use(name, Certainty.USES));
        } else if (!table && relation.star()) {
            uses.add(new Use(name, Certainty.MAY_USE));
        }
        members.forEach(
                (member, words) -> {
                    if (words.mention(column)) {
                        uses.add(new Use(name + "." + member, Certainty.USES));
                    }
                });
        return uses;
    }

    private static SqlWords words(Stream<SqlTemplate> templates) {
        return SqlWords.of(
                templates
                        .flatMap(template -> template.parts().stream())
                        .map(part -> part instanceof SqlTemplate.Text(String sql) ? sql : " ")
                        .collect(Collectors.joining()));
    }
}
