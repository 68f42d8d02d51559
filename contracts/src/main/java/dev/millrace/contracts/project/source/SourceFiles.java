package dev.millrace.contracts.project.source;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads {@code sources/*.yml}. */
public final class SourceFiles {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");
    private static final int MAX_NAME = 63;
    private static final List<String> OFFERED = List.of("segment", "kafka");
    private static final Set<String> PLANNED =
            Set.of("cloudevents", "webhook", "jdbc", "cdc", "file", "http", "mqtt");
    private static final Set<String> RESERVED_SCHEMAS =
            Set.of("public", "information_schema", "ingestion", "transform", "serving");

    private final Environment environment;
    private final Problems problems;
    private final List<Source> sources = new ArrayList<>();
    private final Map<String, String> sourceByWriteKey = new HashMap<>();
    private final Map<String, String> streamByTopic = new HashMap<>();

    private SourceFiles(Environment environment, Problems problems) {
        this.environment = environment;
        this.problems = problems;
    }

    /** The sources of a project, in the order of files; mistakes go to the collector. */
    public static List<Source> read(
            ProjectFiles files, Environment environment, Problems problems) {
        SourceFiles reader = new SourceFiles(environment, problems);
        files.below("sources", "yml", "yaml")
                .forEach(path -> reader.readFile(path, files.contents().get(path)));
        return List.copyOf(reader.sources);
    }

    private void readFile(String path, byte @Nullable [] content) {
        if (content == null) {
            return;
        }
        YamlValue.parse(path, content, environment, problems)
                .ifPresent(
                        document -> {
                            YamlMapping top = document.mapping();
                            top.list("sources").forEach(item -> readSource(item.mapping()));
                            top.rejectUnknown();
                        });
    }

    private void readSource(YamlMapping source) {
        String name = source.requiredText("name");
        checkName(source, name);
        String owner = source.text("owner");
        String type = source.requiredText("type");
        switch (type) {
            case "segment" -> sources.add(segment(source, name, owner));
            case "kafka" -> kafka(source, name, owner).ifPresent(sources::add);
            case "" -> {
                return;
            }
            default -> {
                source.reject("type", unknownType(type));
                return;
            }
        }
        source.rejectUnknown();
    }

    private static String unknownType(String type) {
        return PLANNED.contains(type)
                ? "sources of type '"
                        + type
                        + "' are not offered by this version; offered are: "
                        + String.join(", ", OFFERED)
                : "unknown source type '"
                        + type
                        + "'; offered are: "
                        + String.join(", ", OFFERED)
                        + NearestName.hint(type, OFFERED);
    }

    private void checkName(YamlMapping source, String name) {
        if (name.isEmpty()) {
            return;
        }
        if (!NAME.matcher(name).matches() || name.length() > MAX_NAME) {
            source.reject(
                    "name",
                    "the name '"
                            + name
                            + "' must begin with a letter and hold only a-z, 0-9 and _, at most 63"
                            + " of them, as it names the schema of the tables");
        } else if (RESERVED_SCHEMAS.contains(name) || name.startsWith("pg_")) {
            source.reject(
                    "name", "the schema '" + name + "' is taken; give the source another name");
        } else if (sources.stream().anyMatch(other -> other.name().equals(name))) {
            source.reject("name", "there is another source '" + name + "'; names are unique");
        }
    }

    private SegmentSource segment(YamlMapping source, String name, @Nullable String owner) {
        String writeKey = source.requiredText("write_key");
        String other = writeKey.isEmpty() ? null : sourceByWriteKey.putIfAbsent(writeKey, name);
        if (other != null) {
            source.reject("write_key", "the source '" + other + "' has the same write key");
        }
        boolean strict = source.flag("strict", false);
        SchemaContract contract = schemaContract(source);
        List<PiiRule> pii = piiRules(source);
        List<StreamSettings> streams = new ArrayList<>();
        for (YamlValue item : source.list("streams")) {
            YamlMapping stream = item.mapping();
            String streamName = streamName(stream, streams);
            streams.add(
                    new StreamSettings(
                            streamName,
                            null,
                            StreamSettings.Format.JSON,
                            null,
                            path(stream.text("event_time"))));
            stream.rejectUnknown();
        }
        return new SegmentSource(name, owner, writeKey, strict, contract, pii, streams);
    }

    private Optional<Source> kafka(YamlMapping source, String name, @Nullable String owner) {
        if (source.take("bootstrap").isPresent()) {
            source.reject(
                    "bootstrap",
                    "topics of a foreign cluster are not offered by this version; leave"
                            + " 'bootstrap' out for Millrace's own cluster");
            return Optional.empty();
        }
        SchemaContract contract = schemaContract(source);
        List<StreamSettings> streams = new ArrayList<>();
        for (YamlValue item : source.list("streams")) {
            streams.add(kafkaStream(item.mapping(), name, streams));
        }
        if (streams.isEmpty()) {
            source.reject("streams", "a Kafka source declares its streams, each with its topic");
        }
        return Optional.of(new KafkaSource(name, owner, contract, streams));
    }

    private StreamSettings kafkaStream(
            YamlMapping stream, String source, List<StreamSettings> others) {
        String name = streamName(stream, others);
        String topic = stream.requiredText("topic");
        if (topic.startsWith("raw.") || topic.startsWith("millrace.") || topic.startsWith("__")) {
            stream.reject(
                    "topic", "the topic '" + topic + "' belongs to Millrace or to Kafka itself");
        } else if (!topic.isEmpty() && !topic.matches("[a-zA-Z0-9._-]{1,249}")) {
            stream.reject("topic", "'" + topic + "' is no topic name: a-z A-Z 0-9 . _ - only");
        }
        String taken = streamByTopic.putIfAbsent(topic, source + "." + name);
        if (taken != null && !topic.isEmpty()) {
            stream.reject("topic", "the stream '" + taken + "' reads the same topic");
        }
        StreamSettings.Format format =
                stream.choice("format", StreamSettings.Format.class, StreamSettings.Format.JSON);
        StreamSettings settings =
                new StreamSettings(
                        name,
                        topic,
                        format,
                        path(stream.text("id")),
                        path(stream.text("event_time")));
        stream.rejectUnknown();
        return settings;
    }

    private static String streamName(YamlMapping stream, List<StreamSettings> others) {
        String name = stream.requiredText("name");
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            stream.reject(
                    "name",
                    "the stream name '"
                            + name
                            + "' must begin with a letter and hold only a-z, 0-9 and _");
        } else if (others.stream().anyMatch(other -> other.name().equals(name))) {
            stream.reject("name", "the source has another stream '" + name + "'");
        }
        return name;
    }

    private static SchemaContract schemaContract(YamlMapping source) {
        Optional<YamlValue> found = source.take("schema_contract");
        if (found.isEmpty()) {
            return SchemaContract.EVOLVE;
        }
        if (found.get().isScalar()) {
            return SchemaContract.all(
                    YamlMapping.choice(
                            found.get(), SchemaContract.Mode.class, SchemaContract.Mode.EVOLVE));
        }
        YamlMapping modes = found.get().mapping();
        SchemaContract contract =
                new SchemaContract(
                        mode(modes, "tables"), mode(modes, "columns"), mode(modes, "data_type"));
        modes.rejectUnknown();
        return contract;
    }

    private static SchemaContract.Mode mode(YamlMapping modes, String key) {
        return modes.choice(key, SchemaContract.Mode.class, SchemaContract.Mode.EVOLVE);
    }

    private static List<PiiRule> piiRules(YamlMapping source) {
        List<PiiRule> rules = new ArrayList<>();
        source.take("pii")
                .ifPresent(
                        pii ->
                                pii.mapping()
                                        .entries()
                                        .forEach((path, value) -> rules.add(piiRule(path, value))));
        return rules;
    }

    private static PiiRule piiRule(String path, YamlValue action) {
        return new PiiRule(
                List.of(path.split("\\.", -1)),
                YamlMapping.choice(action, PiiRule.Action.class, PiiRule.Action.DROP));
    }

    private static @Nullable List<String> path(@Nullable String dotted) {
        return dotted == null || dotted.isEmpty() ? null : List.of(dotted.split("\\.", -1));
    }
}
