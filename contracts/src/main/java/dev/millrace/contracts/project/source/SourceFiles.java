package dev.millrace.contracts.project.source;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.contracts.project.contract.BoundContract;
import dev.millrace.contracts.project.contract.Contract;
import dev.millrace.contracts.record.Identifiers;
import dev.millrace.contracts.record.SegmentTables;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads {@code sources/*.yml}. */
public final class SourceFiles {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");
    private static final int MAX_NAME = 63;
    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]+");
    private static final int MAX_TOPIC = 249;
    private static final List<String> OFFERED = List.of("segment", "kafka");
    private static final Set<String> PLANNED =
            Set.of("cloudevents", "webhook", "jdbc", "cdc", "file", "http", "mqtt");
    private static final Set<String> PLANNED_FORMATS = Set.of("avro", "protobuf");

    /** What a rule must leave alone, by its column, and what it is needed for. */
    private static final Map<String, String> NEEDED =
            Map.of(
                    "message_id", "an event is known by it when it comes again",
                    "event", "it names the stream",
                    "type", "it names the stream",
                    "timestamp", "it says when the event happened",
                    "original_timestamp", "it says when the event happened",
                    "sent_at", "it says when the event happened",
                    "received_at", "it says when the event came in");

    /** What tells one user from another. */
    private static final Set<String> WHO =
            Set.of("user_id", "anonymous_id", "group_id", "previous_id");

    private static final Set<String> RESERVED_SCHEMAS =
            Set.of(
                    "public",
                    "information_schema",
                    "ingestion",
                    "transform",
                    "serving",
                    "millrace_live");

    private final Environment environment;
    private final Bindings contracts;
    private final Problems problems;
    private final List<Source> sources = new ArrayList<>();
    private final Map<String, String> sourceByWriteKey = new HashMap<>();
    private final Map<String, String> streamByTopic = new HashMap<>();

    private SourceFiles(Environment environment, Bindings contracts, Problems problems) {
        this.environment = environment;
        this.contracts = contracts;
        this.problems = problems;
    }

    /**
     * The sources of a project, in the order of files; mistakes go to the collector.
     *
     * @param contracts the contracts that streams may name
     */
    public static List<Source> read(
            ProjectFiles files,
            Environment environment,
            List<Contract> contracts,
            Problems problems) {
        SourceFiles reader =
                new SourceFiles(environment, new Bindings(files, contracts, problems), problems);
        files.below("sources", "yml", "yaml")
                .forEach(path -> reader.readFile(path, files.bytes(path)));
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
        if (source.take("write_key").filter(key -> !key.hasPlaceholder()).isPresent()) {
            source.warn(
                    "write_key",
                    "the write key stands in the file, for everybody who sees the project; write"
                            + " ${%s_WRITE_KEY} and set that variable"
                                    .formatted(name.toUpperCase(Locale.ROOT)));
        }
        boolean strict = source.flag("strict", false);
        SchemaContract contract = schemaContract(source);
        List<PiiRule> pii = piiRules(source);
        List<StreamSettings> streams = new ArrayList<>();
        for (YamlValue item : source.list("streams")) {
            YamlMapping stream = item.mapping();
            String streamName = streamName(stream, streams);
            checkSegmentStream(stream, streamName);
            streams.add(
                    new StreamSettings(
                            streamName,
                            null,
                            StreamSettings.Format.JSON,
                            null,
                            path(stream, "event_time"),
                            Writing.APPEND,
                            contracts.contract(stream, streamName),
                            partition(stream),
                            tenant(stream)));
            stream.rejectUnknown();
        }
        return new SegmentSource(name, owner, writeKey, strict, contract, pii, streams);
    }

    private Optional<Source> kafka(YamlMapping source, String name, @Nullable String owner) {
        SchemaContract contract = schemaContract(source);
        List<StreamSettings> streams = new ArrayList<>();
        for (YamlValue item : source.list("streams")) {
            streams.add(kafkaStream(item.mapping(), name, streams));
        }
        if (streams.isEmpty()) {
            source.reject("streams", "a Kafka source declares its streams, each with its topic");
        }
        if (source.take("bootstrap").isPresent()) {
            source.reject(
                    "bootstrap",
                    "topics of a foreign cluster are not offered by this version; leave"
                            + " 'bootstrap' out for Millrace's own cluster");
            return Optional.empty();
        }
        return Optional.of(new KafkaSource(name, owner, contract, streams));
    }

    private StreamSettings kafkaStream(
            YamlMapping stream, String source, List<StreamSettings> others) {
        String name = streamName(stream, others);
        checkTable(stream, name);
        String topic = stream.requiredText("topic");
        checkTopic(stream, topic);
        String taken = streamByTopic.putIfAbsent(topic, source + "." + name);
        if (taken != null && !topic.isEmpty()) {
            stream.reject("topic", "the stream '" + taken + "' reads the same topic");
        }
        StreamSettings.Format format =
                stream.take("format")
                        .map(
                                found ->
                                        YamlMapping.choice(
                                                found,
                                                StreamSettings.Format.class,
                                                StreamSettings.Format.JSON,
                                                PLANNED_FORMATS))
                        .orElse(StreamSettings.Format.JSON);
        Writing writing = WritingReader.read(stream, format);
        PartitionBy partition = partition(stream);
        if (partition != null && writing.disposition() != Writing.Disposition.APPEND) {
            stream.reject(
                    "partition",
                    "only a stream that is appended to is partitioned by time, and this one is %s;"
                                    .formatted(
                                            writing.disposition() == Writing.Disposition.MERGE
                                                    ? "merged"
                                                    : "replaced")
                            + " leave 'partition' out");
        }
        StreamSettings settings =
                new StreamSettings(
                        name,
                        topic,
                        format,
                        path(stream, "id"),
                        path(stream, "event_time"),
                        writing,
                        contracts.contract(stream, name),
                        partition,
                        tenant(stream));
        BoundContract contract = settings.contract();
        if (contract != null && writing.disposition() != Writing.Disposition.APPEND) {
            contracts.tellOfUnique(stream, contract, writing.disposition());
        }
        stream.rejectUnknown();
        return settings;
    }

    private static @Nullable PartitionBy partition(YamlMapping stream) {
        return stream.take("partition")
                .map(found -> YamlMapping.choice(found, PartitionBy.class, PartitionBy.MONTH))
                .orElse(null);
    }

    /** What a field of the payload is called in the table. */
    private static @Nullable String tenant(YamlMapping stream) {
        String written = stream.text("tenant");
        if (written == null) {
            return null;
        }
        String column = Identifiers.snakeCase(written);
        if (written.isBlank()) {
            stream.reject("tenant", "name the column that says whose a row is, or leave it out");
        } else if (!written.equals(column)) {
            stream.reject(
                    "tenant",
                    "the column of '%s' is called '%s'; write that".formatted(written, column));
        }
        return written;
    }

    private static String streamName(YamlMapping stream, List<StreamSettings> others) {
        String name = stream.requiredText("name");
        if (!name.isEmpty() && others.stream().anyMatch(other -> other.name().equals(name))) {
            stream.reject("name", "the source has another stream '" + name + "'");
        }
        return name;
    }

    /** What the names of events become is what can be declared. */
    private static void checkSegmentStream(YamlMapping stream, String name) {
        if (SegmentTables.OF_LANDING.contains(name)) {
            stream.reject(
                    "name",
                    "'%s' is no stream: landing makes that table of others; an event of that name"
                                    .formatted(name)
                            + " is the stream '"
                            + SegmentTables.streamOfEvent(name)
                            + "'");
        } else if (!SegmentTables.isStream(name)) {
            checkTable(stream, name);
        }
    }

    private static void checkTable(YamlMapping stream, String name) {
        String table = Identifiers.snakeCase(name);
        if (!name.isEmpty() && !name.equals(table)) {
            stream.reject(
                    "name",
                    "the stream '%s' has the table '%s'; write that as its name"
                            .formatted(name, table));
        }
    }

    /** By the rules that brokers hold topics to. */
    private static void checkTopic(YamlMapping stream, String topic) {
        if (topic.startsWith("raw.") || topic.startsWith("millrace.") || topic.startsWith("__")) {
            stream.reject(
                    "topic", "the topic '" + topic + "' belongs to Millrace or to Kafka itself");
        } else if (topic.equals(".") || topic.equals("..")) {
            stream.reject("topic", "Kafka has no topic '" + topic + "'");
        } else if (topic.length() > MAX_TOPIC) {
            stream.reject(
                    "topic",
                    "the topic's name has %d characters; Kafka takes %d"
                            .formatted(topic.length(), MAX_TOPIC));
        } else if (!topic.isEmpty() && !TOPIC.matcher(topic).matches()) {
            stream.reject("topic", "'" + topic + "' is no topic name: a-z A-Z 0-9 . _ - only");
        }
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
        return modes.take(key)
                .map(
                        found ->
                                YamlMapping.choice(
                                        found,
                                        SchemaContract.Mode.class,
                                        SchemaContract.Mode.EVOLVE))
                .orElse(SchemaContract.Mode.EVOLVE);
    }

    private static List<PiiRule> piiRules(YamlMapping source) {
        List<PiiRule> rules = new ArrayList<>();
        source.take("pii")
                .map(YamlValue::mapping)
                .ifPresent(
                        pii ->
                                pii.entries()
                                        .forEach(
                                                (path, action) ->
                                                        rules.add(piiRule(pii, path, action))));
        return rules;
    }

    private static PiiRule piiRule(YamlMapping pii, String path, YamlValue written) {
        PiiRule.Action action =
                YamlMapping.choice(written, PiiRule.Action.class, PiiRule.Action.DROP);
        String mistake = PayloadPath.mistakeInRule(path);
        if (!mistake.isEmpty()) {
            pii.reject(path, mistake);
        } else if (action != PiiRule.Action.KEEP) {
            checkNeeded(pii, path, action);
        }
        return new PiiRule(PayloadPath.keys(path), action);
    }

    private static void checkNeeded(YamlMapping pii, String path, PiiRule.Action action) {
        // Ingestion's rules meet every spelling of a column, and a path may be one of them.
        String column =
                PayloadPath.keys(path).stream()
                        .map(Identifiers::snakeCase)
                        .collect(Collectors.joining("_"));
        String reason = NEEDED.get(column);
        if (reason != null) {
            pii.reject(
                    path,
                    "'%s' must stay as it is: %s; leave the rule out".formatted(path, reason));
        } else if (WHO.contains(column) && action != PiiRule.Action.HASH) {
            pii.reject(
                    path,
                    "'%s' tells one from another, and %s would make them all the same; write hash"
                            .formatted(path, action.name().toLowerCase(Locale.ROOT)));
        }
    }

    private static @Nullable List<String> path(YamlMapping stream, String key) {
        String written = stream.text(key);
        if (written == null || written.isEmpty()) {
            return null;
        }
        String mistake = PayloadPath.mistakeInValue(written);
        if (!mistake.isEmpty()) {
            stream.reject(key, mistake);
        }
        return PayloadPath.keys(written);
    }
}
