package dev.millrace.ingestion.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.topic.Topic;
import dev.millrace.contracts.topic.Topics;
import dev.millrace.embedded.kafka.EmbeddedKafka;
import dev.millrace.embedded.kafka.KafkaSettings;
import dev.millrace.ingestion.Eventually;
import dev.millrace.ingestion.RunningIngestion;
import dev.millrace.test.TestKafka;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The topics of the doors, on a broker that says no to some. */
@Timeout(180)
@ExtendWith(OutputCaptureExtension.class)
class TopicsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String READY = "/actuator/health/readiness";
    private static final String EVENT = "{\"userId\":\"u\",\"event\":\"e\"}";

    @TempDir private Path directory;

    @Test
    void aTopicThatKafkaDeniesClosesItsOwnDoorAndNoOther(CapturedOutput output) throws Exception {
        KafkaSettings guarded =
                new KafkaSettings(
                        directory,
                        0,
                        Map.of(
                                "authorizer.class.name",
                                "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                                "allow.everyone.if.no.acl.found",
                                "true"));
        try (EmbeddedKafka kafka = EmbeddedKafka.start(guarded)) {
            deny(kafka, "raw.hidden", AclOperation.DESCRIBE);
            try (RunningIngestion service =
                    RunningIngestion.start(
                            kafka.bootstrapServers(), sources("free", "hidden", "closed"))) {
                Eventually.within(
                        PATIENCE, () -> assertThat(service.get(READY).statusCode()).isEqualTo(200));
                Eventually.within(
                        PATIENCE, () -> assertThat(send(service, "closed")).isEqualTo(200));
                assertThat(send(service, "free")).isEqualTo(200);
                assertThat(send(service, "hidden")).isEqualTo(503);
                assertThat(service.get("/actuator/health/readiness", "reader").body())
                        .contains("raw.hidden");
                assertThat(service.get("/actuator/prometheus", "reader").body())
                        .contains("millrace_publish_topics_missing 1.0");

                deny(kafka, "raw.closed", AclOperation.WRITE);
                Eventually.within(
                        PATIENCE, () -> assertThat(send(service, "closed")).isEqualTo(503));
                assertThat(send(service, "free")).isEqualTo(200);
                assertThat(output).doesNotContain("The producer is replaced");
            }
        }
    }

    @Test
    void aTopicIsCreatedAsSafeAsTheSettingsSayAndALessSafeOneIsWarnedOf() throws Exception {
        Topic created = Topics.raw("created_as_wanted");
        Topic before = Topics.raw("created_before");
        TestKafka.createTopic(before.name(), 1, Map.of("max.message.bytes", "200000"));
        TopicSettings wanted = new TopicSettings((short) 1, 1);
        try (TopicAdmin admin = admin(wanted)) {
            Map<String, TopicState> there = admin.ensure(List.of(created, before)).there();
            assertThat(there).containsOnlyKeys(created.name(), before.name());
            Eventually.within(
                    PATIENCE,
                    () ->
                            assertThat(admin.ensure(List.of(created)).there())
                                    .containsEntry(
                                            created.name(),
                                            new TopicState(
                                                    1, 1, TopicState.USUAL_MAX_RECORD_BYTES)));
            TopicState old = there.get(before.name());
            assertThat(old).isEqualTo(new TopicState(1, 1, 200_000));
            assertThat(new TopicState(1, 1, 1).isLessSafeThan(wanted)).isFalse();
            assertThat(new TopicState(1, 1, 1).isLessSafeThan(new TopicSettings((short) 3, 2)))
                    .isTrue();
            assertThat(new TopicState(3, 1, 1).isLessSafeThan(new TopicSettings((short) -1, 2)))
                    .isTrue();
            assertThat(TopicState.UNKNOWN.isLessSafeThan(new TopicSettings((short) 3, 2)))
                    .isFalse();
        }
    }

    @Test
    void oneTopicThatCannotBeCreatedKeepsNoOtherFromBeing() throws Exception {
        Topic good = Topics.raw("good_one");
        try (TopicAdmin admin = admin(new TopicSettings((short) -1, -1))) {
            Topic bad = Topics.raw("not a name");
            TopicAdmin.Outcome outcome = admin.ensure(List.of(bad, good));
            assertThat(outcome.there()).containsOnlyKeys(good.name());
            assertThat(outcome.failures()).containsOnlyKeys(bad.name());
        }
        try (TopicAdmin admin = admin(new TopicSettings((short) 3, 2))) {
            Topic wide = Topics.raw("needs_three_brokers");
            assertThat(admin.ensure(List.of(wide, good)).failures()).containsOnlyKeys(wide.name());
        }
    }

    @Test
    void settingsThatNothingCouldBeAcceptedWithAreRefused() {
        assertThatThrownBy(() -> new TopicSettings((short) 1, 2))
                .hasMessageContaining("millrace.topics.min-insync-replicas");
        assertThatThrownBy(() -> new TopicSettings((short) 0, -1))
                .hasMessageContaining("millrace.topics.replication-factor");
        assertThatThrownBy(() -> new TopicSettings((short) -1, 0))
                .hasMessageContaining("millrace.topics.min-insync-replicas");
    }

    private static TopicAdmin admin(TopicSettings settings) {
        return new TopicAdmin(
                Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, TestKafka.bootstrapServers()),
                settings);
    }

    private static int send(RunningIngestion service, String source) throws Exception {
        return service.post("/v1/track", "wk_" + source, EVENT).statusCode();
    }

    private static void deny(EmbeddedKafka kafka, String topic, AclOperation operation)
            throws Exception {
        try (Admin admin =
                Admin.create(
                        Map.of(
                                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                                kafka.bootstrapServers()))) {
            ResourcePattern resource =
                    new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL);
            // An entry for a topic ends that all may do all with it.
            List<AclBinding> rules = new ArrayList<>();
            rules.add(rule(resource, AclOperation.ALL, AclPermissionType.ALLOW));
            rules.add(rule(resource, operation, AclPermissionType.DENY));
            admin.createAcls(rules).all().get();
        }
    }

    private static AclBinding rule(
            ResourcePattern resource, AclOperation operation, AclPermissionType permission) {
        return new AclBinding(
                resource, new AccessControlEntry("User:*", "*", operation, permission));
    }

    private static String sources(String... names) {
        StringBuilder sources = new StringBuilder("sources:\n");
        for (String name : names) {
            sources.append("  - {name: ")
                    .append(name)
                    .append(", type: segment, write_key: wk_")
                    .append(name)
                    .append("}\n");
        }
        return sources.toString();
    }
}
