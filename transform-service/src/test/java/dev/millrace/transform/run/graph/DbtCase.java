package dev.millrace.transform.run.graph;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What dbt makes of a small project, from a file of cases. A case is one run or, with {@code then},
 * several. What can be said of a run:
 *
 * <ul>
 *   <li>{@code files}: the project's files by path, on top of those of the runs before; {@code
 *       model} is short for models/a.sql, {@code value} for a model that selects one value
 *   <li>{@code setup}: statements that go before; {@code vars}, {@code env}, {@code flags}, {@code
 *       only} (names of the nodes that are run)
 *   <li>{@code problems}, {@code warnings}: what is told of the project; with problems nothing runs
 *   <li>{@code status}, {@code message}: how nodes end, by name; all others end well
 *   <li>{@code rows}: rows of relations or queries; {@code columns}: names and types of relations
 *   <li>{@code gives}: the one value of {@code value}
 *   <li>{@code compiled}: the SQL of a node; {@code contains}: a part of it
 *   <li>{@code config}: settings of a node; {@code names}: what nodes are in the warehouse
 *   <li>{@code said}: what templates log
 * </ul>
 *
 * SCHEMA stands for the schema of the case.
 */
record DbtCase(String topic, String title, List<Map<String, Object>> runs) {

    private static final Set<String> KEYS =
            Set.of(
                    "name",
                    "files",
                    "model",
                    "value",
                    "setup",
                    "vars",
                    "env",
                    "flags",
                    "only",
                    "problems",
                    "warnings",
                    "status",
                    "message",
                    "rows",
                    "columns",
                    "gives",
                    "compiled",
                    "contains",
                    "config",
                    "names",
                    "said",
                    "then");

    /** The cases of a file. */
    static List<DbtCase> in(String file) {
        List<DbtCase> cases = new ArrayList<>();
        try (InputStream in = DbtCase.class.getResourceAsStream("cases/" + file + ".yml")) {
            List<Map<String, Object>> all = new Yaml().load(Objects.requireNonNull(in, file));
            for (Map<String, Object> written : all) {
                List<Map<String, Object>> runs = new ArrayList<>(List.of(written));
                runs.addAll(list(written.get("then")));
                runs.forEach(run -> check(file, run));
                cases.add(new DbtCase(file, String.valueOf(written.get("name")), runs));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return cases;
    }

    private static void check(String file, Map<String, Object> run) {
        for (String key : run.keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException(
                        file + ": no case can say '" + key + "': " + run);
            }
        }
    }

    @SuppressWarnings("unchecked") // As YAML has it.
    static <T> List<T> list(@Nullable Object value) {
        return value == null
                ? List.of()
                : value instanceof List<?> several ? (List<T>) several : (List<T>) List.of(value);
    }

    static Map<String, Object> map(@Nullable Object value) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> found) {
            found.forEach((key, item) -> map.put(String.valueOf(key), item));
        }
        return map;
    }

    @Override
    public String toString() {
        return topic + ": " + title;
    }
}
