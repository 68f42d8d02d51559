package dev.millrace.transform.model;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.dbt.DbtSourceTable;
import dev.millrace.contracts.project.source.KafkaSource;
import dev.millrace.contracts.project.source.Source;
import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.JinjaException;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds what {@code source()} means: streams of the project's sources, or dbt's own declarations.
 */
final class SourceTables {

    private final String packageName;
    private final List<Source> sources;
    private final List<DbtSourceTable> declared;

    SourceTables(Project project, String packageName, List<DbtSourceTable> declared) {
        this.packageName = packageName;
        this.sources = project.sources();
        this.declared = declared;
    }

    /**
     * Finds a table.
     *
     * @throws JinjaException if the project declares none of that name
     */
    SourceTable find(String source, String table) {
        for (DbtSourceTable each : declared) {
            if (each.source().equals(source) && each.table().equals(table)) {
                return table(source, table, each.relation());
            }
        }
        Source found =
                sources.stream()
                        .filter(each -> each.name().equals(source))
                        .findFirst()
                        .orElse(null);
        if (found == null) {
            throw new JinjaException(unknown(source, table));
        }
        List<String> streams = found.streams().stream().map(stream -> stream.name()).toList();
        // Any stream may turn up at a door, but a Kafka source has those that it declares.
        if (found instanceof KafkaSource && !streams.contains(table)) {
            throw new JinjaException(
                    "the source '"
                            + source
                            + "' has no stream '"
                            + table
                            + "'"
                            + NearestName.of(table, streams)
                                    .map(near -> "; did you mean '" + near + "'?")
                                    .orElse("; it has: " + String.join(", ", streams)));
        }
        return table(source, table, new RelationName(source, table));
    }

    private SourceTable table(String source, String table, RelationName relation) {
        return new SourceTable(
                "source." + packageName + "." + source + "." + table, source, table, relation);
    }

    private String unknown(String source, String table) {
        List<String> tables =
                declared.stream()
                        .filter(each -> each.source().equals(source))
                        .map(DbtSourceTable::table)
                        .toList();
        if (!tables.isEmpty()) {
            return "the source '"
                    + source
                    + "' has no table '"
                    + table
                    + "'"
                    + NearestName.hint(table, tables);
        }
        Set<String> names = new TreeSet<>();
        sources.forEach(each -> names.add(each.name()));
        declared.forEach(each -> names.add(each.source()));
        return "there is no source '"
                + source
                + "'"
                + NearestName.of(source, names)
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElse(
                                names.isEmpty()
                                        ? "; declare it in sources/*.yml"
                                        : "; there are: " + String.join(", ", names));
    }
}
