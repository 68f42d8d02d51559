package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.Cube;
import dev.millrace.contracts.project.cube.Rollup;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rollups of a model. Immutable.
 *
 * @param tables those that can be kept
 * @param refused why others cannot, by {@code cube.rollup}
 */
public record Rollups(List<RollupTable> tables, Map<String, String> refused) {

    public static final Rollups NONE = new Rollups(List.of(), Map.of());

    public Rollups {
        tables = List.copyOf(tables);
        refused = Map.copyOf(refused);
    }

    /**
     * The rollups that the files define.
     *
     * @param zones in whose days those are kept whose units are days and longer
     */
    static Rollups of(SemanticModel model, List<ZoneId> zones) {
        List<RollupTable> tables = new ArrayList<>();
        Map<String, String> refused = new LinkedHashMap<>();
        Set<ZoneId> distinct = new LinkedHashSet<>(zones);
        for (Cube cube : model.source().cubes()) {
            for (Rollup rollup : cube.rollups()) {
                try {
                    tables.addAll(RollupDefinition.tables(model, cube, rollup, distinct));
                } catch (QueryException e) {
                    refused.put(cube.name() + "." + rollup.name(), e.getMessage());
                }
            }
        }
        return new Rollups(tables, refused);
    }
}
