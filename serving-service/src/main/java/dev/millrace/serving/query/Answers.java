package dev.millrace.serving.query;

import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.Member;
import dev.millrace.serving.semantic.Query;
import dev.millrace.serving.semantic.QueryException;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;

/** Writes answers in Cube's form. */
final class Answers {

    private final JsonMapper json;

    Answers(JsonMapper json) {
        this.json = json;
    }

    /**
     * One result, as old clients want it, or all of them with what to make of them.
     *
     * @param memory is asked before the answer takes some beside its rows
     */
    ChunkedBytes load(
            QuerySet set,
            List<CompiledQuery> compiled,
            Results results,
            Annotations annotations,
            CubeRequest request,
            LongConsumer memory) {
        boolean multi = request.multi();
        List<ResultRows> rows = results.queries();
        List<Map<String, Object>> echoes =
                multi ? set.echoes() : set.queries().stream().map(NormalizedQuery::echo).toList();
        ChunkedBytes out = new ChunkedBytes(memory);
        try (JsonGenerator generator = json.createGenerator(out)) {
            if (multi) {
                generator.writeStartObject();
                generator.writeStringProperty("queryType", set.type().wireName());
                generator.writeArrayPropertyStart("results");
            }
            for (int i = 0; i < rows.size(); i++) {
                Map<String, Object> head = new LinkedHashMap<>();
                head.put("query", echoes.get(i));
                head.put("lastRefreshTime", results.readAt().toString());
                head.put("freshness", freshness(results.reads()));
                head.put("refreshKeyValues", List.of());
                head.put("usedPreAggregations", used(results.rollups().get(i)));
                head.put("transformedQuery", null);
                head.put("requestId", request.requestId());
                head.put(
                        "annotation",
                        annotation(set.queries().get(i).query(), compiled.get(i), annotations));
                head.put("dataSource", "default");
                head.put("dbType", "postgres");
                head.put("extDbType", "postgres");
                head.put("external", false);
                head.put("slowQuery", false);
                head.put("total", rows.get(i).total());
                generator.writeStartObject();
                head.forEach(generator::writePOJOProperty);
                generator.writeName("data");
                // The name is out, and its colon; then come the rows as they are.
                generator.writeRawValue("");
                generator.flush();
                out.append(rows.get(i).json());
                generator.writeEndObject();
            }
            if (multi) {
                generator.writeEndArray();
                generator.writePOJOProperty("pivotQuery", set.pivotQuery());
                generator.writeBooleanProperty("slowQuery", false);
                generator.writeEndObject();
            }
        }
        return out;
    }

    private static Map<String, Object> used(@Nullable UsedRollup rollup) {
        return rollup == null
                ? Map.of()
                : Map.of(
                        rollup.relation().toString(),
                        Map.of(
                                "preAggregationId",
                                rollup.id(),
                                "targetTableName",
                                rollup.relation().toString(),
                                "type",
                                "rollup",
                                "refreshKeyValues",
                                List.of(),
                                "lastUpdatedAt",
                                rollup.updatedAt().toEpochMilli()));
    }

    private static Map<String, Object> rollup(CompiledQuery.OverRollup over) {
        CompiledQuery.Select select = over.select(Set.of());
        return Map.of(
                "preAggregationId",
                over.rollup().id(),
                "tableName",
                over.rollup().relation().toString(),
                "type",
                "rollup",
                "sql",
                List.of(select.statement().sql(), select.statement().values()));
    }

    /** What is known of the rows that an answer was read from. */
    private static List<Map<String, Object>> freshness(Reads reads) {
        List<Map<String, Object>> relations = new ArrayList<>();
        for (ReadRelation relation : reads.relations()) {
            if (relation.version() != null) {
                Map<String, Object> map = new LinkedHashMap<>();
                map.put("relation", relation.name());
                map.put("version", relation.version());
                MemberNotes.putIfThere(map, "changedAt", text(relation.changedAt()));
                MemberNotes.putIfThere(map, "watermark", text(relation.watermark()));
                map.put("failedChecks", relation.failedChecks());
                relations.add(map);
            }
        }
        return relations;
    }

    private static @Nullable String text(@Nullable Instant at) {
        return at == null ? null : at.toString();
    }

    private static Map<String, Object> annotation(
            Query query, CompiledQuery compiled, Annotations annotations) {
        Map<String, Object> measures = new LinkedHashMap<>();
        Map<String, Object> dimensions = new LinkedHashMap<>();
        Map<String, Object> times = new LinkedHashMap<>();
        for (Column column : compiled.columns()) {
            Member member = column.member();
            String granularity = column.granularity();
            Map<String, Object> note = annotations.annotation(member);
            if (member instanceof Member.OfMeasure) {
                measures.put(column.key(), note);
            } else if (granularity == null) {
                dimensions.put(column.key(), note);
            } else {
                ((Member.OfDimension) member)
                        .dimension().granularities().stream()
                                .filter(own -> own.name().equals(granularity))
                                .forEach(
                                        own ->
                                                note.put(
                                                        "granularity",
                                                        MemberNotes.granularity(own)));
                times.put(column.key(), note);
                times.putIfAbsent(member.path(), note);
            }
        }
        Map<String, Object> segments = new LinkedHashMap<>();
        for (String path : query.segments()) {
            segments.put(path, annotations.annotation(annotations.member(path)));
        }
        Map<String, Object> annotation = new LinkedHashMap<>();
        annotation.put("measures", measures);
        annotation.put("dimensions", dimensions);
        annotation.put("segments", segments);
        annotation.put("timeDimensions", times);
        return annotation;
    }

    /** What a query would be, without running it. */
    Map<String, Object> dryRun(QuerySet set, List<CompiledQuery> compiled) {
        List<Object> transformed = new ArrayList<>();
        List<Object> order = new ArrayList<>();
        for (int i = 0; i < compiled.size(); i++) {
            transformed.add(TransformedQuery.of(set.queries().get(i).query(), compiled.get(i)));
            order.add(order(compiled.get(i)));
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("queryType", set.type().wireName());
        answer.put("normalizedQueries", set.echoes());
        answer.put("queryOrder", order);
        answer.put("transformedQueries", transformed);
        answer.put("pivotQuery", set.pivotQuery());
        return answer;
    }

    /** The SQL of each query; one alone for a regular request. */
    Object sql(QuerySet set, List<CompiledQuery> compiled) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (int i = 0; i < compiled.size(); i++) {
            all.add(Map.of("sql", sql(set.queries().get(i).query(), compiled.get(i))));
        }
        return set.type() == QuerySet.Type.REGULAR ? all.getFirst() : all;
    }

    private static Map<String, Object> sql(Query query, CompiledQuery compiled) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("sql", List.of(compiled.statement().sql(), compiled.statement().values()));
        map.put("lambdaQueries", Map.of());
        compiled.columns().stream()
                .filter(column -> column.granularity() != null)
                .findFirst()
                .ifPresent(
                        column -> {
                            map.put("timeDimensionAlias", column.alias());
                            map.put("timeDimensionField", column.member().path());
                        });
        map.put("order", order(compiled));
        map.put("cacheKeyQueries", List.of());
        map.put("preAggregations", compiled.rollups().stream().map(Answers::rollup).toList());
        map.put("unusedPreAggregations", compiled.unfit());
        Map<String, String> aliases = new LinkedHashMap<>();
        compiled.columns().forEach(column -> aliases.put(column.alias(), column.key()));
        map.put("aliasNameToMember", aliases);
        map.put("canUseTransformedQuery", TransformedQuery.of(query, compiled));
        map.put(
                "memberNames",
                compiled.columns().stream().map(c -> c.member().path()).distinct().toList());
        return map;
    }

    private static Map<String, String> order(CompiledQuery compiled) {
        Map<String, String> order = new LinkedHashMap<>();
        compiled.order().forEach(o -> order.put(o.member(), o.descending() ? "desc" : "asc"));
        return order;
    }

    /** Refuses to show what the model hides. */
    static void checkShown(CompiledQuery compiled) {
        for (Column column : compiled.columns()) {
            if (!column.member().shown()) {
                throw QueryException.hidden(column.alias());
            }
        }
    }
}
