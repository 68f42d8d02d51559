package dev.millrace.serving.query;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the queries of a request read.
 *
 * @param relations all of them, those behind views and in functions too
 * @param keeping how long the answer stays true while none of them changes
 */
record Reads(List<ReadRelation> relations, Keeping keeping) {

    /** How long an answer stays true. */
    enum Keeping {
        /** As long as nothing that it was read from changes. */
        WHILE_UNCHANGED,
        /** It depends on what time it is, too. */
        BRIEFLY,
        /** Nobody knows. */
        NOT
    }

    /** Of queries that nothing is known of. */
    static final Reads UNKNOWN = new Reads(List.of(), Keeping.NOT);

    /**
     * The same where rollups stand for what they were made of.
     *
     * @param rollups their numbers
     * @param inputs what they were made of, with the versions that they have of it
     */
    Reads from(Set<Long> rollups, List<ReadRelation> inputs) {
        Map<Long, ReadRelation> all = new LinkedHashMap<>();
        relations.stream()
                .filter(relation -> !rollups.contains(relation.oid()))
                .forEach(relation -> all.put(relation.oid(), relation));
        inputs.forEach(input -> all.put(input.oid(), input));
        boolean watched = all.values().stream().allMatch(ReadRelation::isWatched);
        return new Reads(List.copyOf(all.values()), watched ? keeping : Keeping.NOT);
    }

    Reads {
        relations = List.copyOf(relations);
    }
}
