package dev.millrace.serving.query;

import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.CompiledQuery.Column;
import dev.millrace.serving.semantic.Member;
import dev.millrace.serving.semantic.Query;
import dev.millrace.serving.semantic.QueryException;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

import java.io.OutputStream;
import java.lang.ref.WeakReference;
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
    WrittenAnswer write(Question question, Results results, boolean multi, LongConsumer memory) {
        QuerySet set = question.set();
        List<Map<String, Object>> echoes =
                multi ? set.echoes() : set.queries().stream().map(NormalizedQuery::echo).toList();
        Pieces pieces = new Pieces(memory);
        try (JsonGenerator generator = json.createGenerator(pieces)) {
            if (multi) {
                generator.writeStartObject();
                generator.writeStringProperty("queryType", set.type().wireName());
                generator.writeArrayPropertyStart("results");
            }
            for (int i = 0; i < results.queries().size(); i++) {
                write(generator, pieces, question, results, i, echoes.get(i));
            }
            if (multi) {
                generator.writeEndArray();
                generator.writePOJOProperty("pivotQuery", set.pivotQuery());
                generator.writeBooleanProperty("slowQuery", false);
                generator.writeEndObject();
            }
        }
        return new WrittenAnswer(
                new WeakReference<>(results),
                multi,
                AnswerTags.of(question, multi, results),
                pieces.end());
    }

    private static void write(
            JsonGenerator generator,
            Pieces pieces,
            Question question,
            Results results,
            int at,
            Map<String, Object> echo) {
        generator.writeStartObject();
        generator.writePOJOProperty("query", echo);
        generator.writeStringProperty("lastRefreshTime", results.readAt().toString());
        generator.writePOJOProperty("freshness", freshness(results.reads()));
        generator.writePOJOProperty("refreshKeyValues", List.of());
        generator.writePOJOProperty("usedPreAggregations", used(results.rollups().get(at)));
        generator.writeNullProperty("transformedQuery");
        pieces.leaveOut(generator, "requestId");
        generator.writePOJOProperty(
                "annotation",
                annotation(
                        question.set().queries().get(at).query(),
                        question.compiled().get(at),
                        question.revision().annotations()));
        generator.writeStringProperty("dataSource", "default");
        generator.writeStringProperty("dbType", "postgres");
        generator.writeStringProperty("extDbType", "postgres");
        generator.writeBooleanProperty("external", false);
        generator.writeBooleanProperty("slowQuery", false);
        generator.writePOJOProperty("total", results.queries().get(at).total());
        pieces.leaveOut(generator, "data");
        generator.writeEndObject();
    }

    /** What is written, in pieces: between them comes what is not known yet. */
    private static final class Pieces extends OutputStream {

        private final LongConsumer memory;
        private final List<ChunkedBytes> all = new ArrayList<>();
        private ChunkedBytes current;

        Pieces(LongConsumer memory) {
            this.memory = memory;
            this.current = new ChunkedBytes(memory);
        }

        /** The name is out, and its colon; then comes the value as it is. */
        void leaveOut(JsonGenerator generator, String name) {
            generator.writeName(name);
            generator.writeRawValue("");
            generator.flush();
            all.add(current);
            current = new ChunkedBytes(memory);
        }

        List<ChunkedBytes> end() {
            all.add(current);
            return all;
        }

        @Override
        public void write(int b) {
            current.write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int count) {
            current.write(bytes, from, count);
        }
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
    Map<String, Object> dryRun(Question question) {
        QuerySet set = question.set();
        List<CompiledQuery> compiled = question.compiled();
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
    Object sql(Question question) {
        QuerySet set = question.set();
        List<CompiledQuery> compiled = question.compiled();
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
