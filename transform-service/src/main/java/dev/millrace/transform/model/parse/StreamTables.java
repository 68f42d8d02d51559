package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.source.KafkaSource;
import dev.millrace.contracts.project.source.Source;
import dev.millrace.transform.model.manifest.Quoting;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.SourceTable;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The tables in which streams of the project's sources land: they need no declaration. */
public final class StreamTables {

    /** No streams, as in a project that only dbt knows. */
    public static final StreamTables NONE = new StreamTables(List.of());

    private final List<Source> sources;

    public StreamTables(List<Source> sources) {
        this.sources = List.copyOf(sources);
    }

    Set<String> names() {
        Set<String> names = new TreeSet<>();
        sources.forEach(source -> names.add(source.name()));
        return names;
    }

    /** The table of a stream; nothing if there is no such source, or no such stream in it. */
    Optional<SourceTable> find(String packageName, String database, String source, String table) {
        return source(source)
                .filter(found -> problem(source, table).isEmpty())
                .map(
                        found ->
                                new SourceTable(
                                        "source." + packageName + "." + source + "." + table,
                                        packageName,
                                        source,
                                        table,
                                        List.of(packageName, source, table),
                                        "sources",
                                        new Position("sources", 1, 1),
                                        Relation.of(database, source, table, Quoting.ALL),
                                        "",
                                        "",
                                        Map.of(),
                                        List.of(),
                                        Map.of("loader", "millrace"),
                                        null));
    }

    /** Why a source has no such stream; nothing if it may have it. */
    Optional<String> problem(String source, String table) {
        Source found = source(source).orElse(null);
        // Any stream may turn up at a door, but a Kafka source has those that it declares.
        if (!(found instanceof KafkaSource)) {
            return Optional.empty();
        }
        List<String> streams = found.streams().stream().map(stream -> stream.name()).toList();
        if (streams.contains(table)) {
            return Optional.empty();
        }
        return Optional.of(
                "the source '"
                        + source
                        + "' has no stream '"
                        + table
                        + "'"
                        + NearestName.of(table, streams)
                                .map(near -> "; did you mean '" + near + "'?")
                                .orElse("; it has: " + String.join(", ", streams)));
    }

    private Optional<Source> source(String name) {
        return sources.stream().filter(each -> each.name().equals(name)).findFirst();
    }
}
