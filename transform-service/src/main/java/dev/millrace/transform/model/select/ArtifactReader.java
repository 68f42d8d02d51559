package dev.millrace.transform.model.select;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the files that a run of dbt or Millrace leaves behind, one resource after the other. */
final class ArtifactReader {

    private static final long MAX_BYTES = 1L << 30;
    private static final int MAX_DEPTH = 200;
    private static final int OLDEST = 10;
    private static final int NEWEST = 12;
    private static final Pattern VERSION = Pattern.compile(".*/manifest/v(\\d{1,4})\\.json");

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxDocumentLength(MAX_BYTES)
                                                    .maxNestingDepth(MAX_DEPTH)
                                                    .build())
                                    .build())
                    // A value is read where others follow it.
                    .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private static final Set<String> SECTIONS =
            Set.of(
                    "nodes",
                    "sources",
                    "exposures",
                    "metrics",
                    "semantic_models",
                    "saved_queries",
                    "unit_tests");

    /** What is compared; the rest, compiled code above all, would only take memory. */
    private static final Set<String> COMPARED =
            Set.of(
                    """
                    name resource_type package_name fqn alias identifier database schema \
                    relation_name raw_code checksum config description columns constraints access \
                    version latest_version deprecation_date contract quoting freshness \
                    loaded_at_field external type owner maturity url label depends_on model \
                    defaults entities dimensions measures primary_entity query_params given expect \
                    overrides\
                    """
                            .split(" "));

    private ArtifactReader() {}

    /** What happens with the value of one key of an object. */
    private interface Entry {
        void read(String key, JsonParser parser) throws InvalidSelectionException;
    }

    static PreviousManifest manifest(InputStream in) throws InvalidSelectionException {
        Map<String, PreviousResource> resources = new LinkedHashMap<>();
        Map<String, String> macros = new LinkedHashMap<>();
        Map<String, Object> metadata = new LinkedHashMap<>();
        document(
                in,
                "manifest.json",
                (section, parser) -> {
                    if (section.equals("metadata")) {
                        metadata.putAll(values(parser, Set.of("dbt_schema_version")));
                    } else if (SECTIONS.contains(section)) {
                        entries(
                                parser,
                                (id, p) ->
                                        resources.put(
                                                id, new PreviousResource(id, values(p, COMPARED))));
                    } else if (section.equals("macros")) {
                        entries(
                                parser,
                                (id, p) ->
                                        macros.put(
                                                id,
                                                String.valueOf(
                                                        values(p, Set.of("macro_sql"))
                                                                .get("macro_sql"))));
                    } else {
                        parser.skipChildren();
                    }
                });
        check(String.valueOf(metadata.get("dbt_schema_version")));
        return new PreviousManifest(resources, macros);
    }

    private static void check(String version) throws InvalidSelectionException {
        Matcher matcher = VERSION.matcher(version);
        if (!matcher.matches()) {
            throw new InvalidSelectionException(
                    "manifest.json", "it is no manifest of dbt; give the directory of one");
        }
        int number = Integer.parseInt(matcher.group(1));
        if (number < OLDEST || number > NEWEST) {
            throw new InvalidSelectionException(
                    "manifest.json",
                    "it has version "
                            + number
                            + ", and 10 to 12 can be read; write it again with a dbt from 1.6 on");
        }
    }

    /** Statuses by id. */
    static Map<String, String> results(InputStream in) throws InvalidSelectionException {
        Map<String, String> results = new LinkedHashMap<>();
        list(
                in,
                "run_results.json",
                Set.of("unique_id", "status"),
                each ->
                        results.put(
                                String.valueOf(each.get("unique_id")),
                                String.valueOf(each.get("status"))));
        return results;
    }

    /** Ages by id. */
    static Map<String, PreviousState.Age> sources(InputStream in) throws InvalidSelectionException {
        Map<String, PreviousState.Age> sources = new LinkedHashMap<>();
        list(
                in,
                "sources.json",
                Set.of("unique_id", "max_loaded_at"),
                each ->
                        sources.put(
                                String.valueOf(each.get("unique_id")),
                                new PreviousState.Age(instant(each.get("max_loaded_at")))));
        return sources;
    }

    private static @Nullable Instant instant(@Nullable Object written)
            throws InvalidSelectionException {
        if (written == null) {
            return null;
        }
        String text = String.valueOf(written).replace(' ', 'T');
        try {
            return text.matches(".*T.*(Z|[+-]\\d\\d:?\\d\\d)")
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException _) {
            throw new InvalidSelectionException(
                    "sources.json", "'" + written + "' is no time in max_loaded_at");
        }
    }

    private interface Item {
        void read(Map<String, @Nullable Object> values) throws InvalidSelectionException;
    }

    private static void list(InputStream in, String file, Set<String> keys, Item item)
            throws InvalidSelectionException {
        boolean[] found = new boolean[1];
        document(
                in,
                file,
                (section, parser) -> {
                    if (!section.equals("results") || !parser.isExpectedStartArrayToken()) {
                        parser.skipChildren();
                        return;
                    }
                    found[0] = true;
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        item.read(values(parser, keys));
                    }
                });
        if (!found[0]) {
            throw new InvalidSelectionException(
                    file, "it has no list of results; give the directory of a run");
        }
    }

    private static void document(InputStream in, String file, Entry entry)
            throws InvalidSelectionException {
        try (JsonParser parser = MAPPER.createParser(in)) {
            parser.nextToken();
            if (!parser.isExpectedStartObjectToken()) {
                throw new InvalidSelectionException(file, "it is no JSON object");
            }
            entries(parser, entry);
        } catch (JacksonException e) {
            throw new InvalidSelectionException(
                    file, "it cannot be read as JSON: " + e.getOriginalMessage());
        }
    }

    private static void entries(JsonParser parser, Entry entry) throws InvalidSelectionException {
        if (!parser.isExpectedStartObjectToken()) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            entry.read(key, parser);
        }
    }

    private static Map<String, @Nullable Object> values(JsonParser parser, Set<String> keys)
            throws InvalidSelectionException {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        entries(
                parser,
                (key, p) -> {
                    if (keys.contains(key)) {
                        values.put(key, MAPPER.readValue(p, Object.class));
                    } else {
                        p.skipChildren();
                    }
                });
        return values;
    }
}
