package dev.millrace.transform.landing;

import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.source.KafkaSource;
import dev.millrace.contracts.project.source.SegmentSource;
import dev.millrace.contracts.project.source.Source;
import dev.millrace.contracts.project.source.StreamSettings;
import dev.millrace.contracts.topic.Topics;
import dev.millrace.transform.landing.contract.StreamRules;
import dev.millrace.transform.schema.Relation;
import dev.millrace.transform.schema.TableLayout;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The topics that one revision of the project wants landed, and what their records are. */
final class Routes {

    private final String revision;
    private final Map<String, Route> byTopic = new HashMap<>();
    private final Map<Relation, StreamRules> rules = new HashMap<>();
    private final Map<Relation, TableLayout> layouts = new HashMap<>();
    private final Set<String> declaredTopics = new TreeSet<>();

    Routes(Project project) {
        this.revision = project.revision();
        byTopic.put(Topics.QUARANTINE.name(), new Route.Refused());
        project.sources()
                .forEach(
                        source -> {
                            switch (source) {
                                case SegmentSource segment ->
                                        byTopic.put(
                                                Topics.raw(segment.name()).name(),
                                                new Route.Segment(segment));
                                case KafkaSource kafka ->
                                        kafka.streams().forEach(stream -> add(kafka, stream));
                            }
                            source.streams().forEach(stream -> addRules(source, stream));
                        });
    }

    private void add(KafkaSource source, StreamSettings stream) {
        String topic = stream.topic();
        if (topic != null) {
            byTopic.put(topic, new Route.Plain(source, stream));
            declaredTopics.add(topic);
        }
    }

    private void addRules(Source source, StreamSettings stream) {
        StreamRules found = StreamRules.of(source, stream);
        if (found != null) {
            rules.put(found.relation(), found);
        }
        layouts.put(new Relation(source.name(), stream.name()), TableLayout.of(stream));
    }

    /** What the project says of a stream's table. */
    TableLayout layout(Relation stream) {
        return layouts.getOrDefault(stream, TableLayout.PLAIN);
    }

    /** What the rows of a stream are held to; null if it has no contract. */
    @Nullable StreamRules rules(Relation stream) {
        return rules.get(stream);
    }

    String revision() {
        return revision;
    }

    /** All topics to land, in order. */
    Set<String> topics() {
        return new TreeSet<>(byTopic.keySet());
    }

    /** Topics that the project declares and others write to. */
    Set<String> declaredTopics() {
        return declaredTopics;
    }

    /** The sources that have topics, in order. */
    Set<String> sources() {
        Set<String> sources = new TreeSet<>();
        byTopic.keySet().forEach(topic -> source(topic).ifPresent(sources::add));
        return sources;
    }

    /** Whose records a topic has. */
    Optional<String> source(String topic) {
        return switch (byTopic.get(topic)) {
            case Route.Segment(SegmentSource source) -> Optional.of(source.name());
            case Route.Plain(KafkaSource source, StreamSettings _) -> Optional.of(source.name());
            case Route.Refused _, Route.Unusable _ -> Optional.empty();
            case null -> Optional.empty();
        };
    }

    /** The topics of a source. */
    Set<String> topicsOf(String source) {
        return byTopic.keySet().stream()
                .filter(topic -> source(topic).filter(source::equals).isPresent())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The topics of some streams of a source, each of which has one of its own. */
    Set<String> topicsOf(String source, Set<String> streams) {
        Set<String> topics = topicsOf(source);
        topics.removeIf(
                topic ->
                        !(byTopic.get(topic)
                                        instanceof Route.Plain(KafkaSource _, StreamSettings stream)
                                && streams.contains(stream.name())));
        return topics;
    }

    @Nullable Route route(String topic) {
        return byTopic.get(topic);
    }
}
