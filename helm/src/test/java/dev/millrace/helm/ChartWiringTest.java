package dev.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class ChartWiringTest {

    @Test
    void passwordsOfKafkaAreFilledInByKubernetesFromVariablesThatStandBefore() {
        List<String> names =
                Chart.render("minimal").container("ingestion").at("env").items().stream()
                        .map(env -> env.at("name").text())
                        .toList();

        assertThat(names)
                .containsSubsequence(
                        "KAFKA_USERNAME",
                        "KAFKA_PASSWORD",
                        "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG");
    }

    @Test
    void certificatesReplacePasswordsTowardsKafka() {
        assertThat(Chart.render("certificates").container("transform").at("env").items())
                .extracting(env -> env.at("name").text())
                .contains(
                        "SPRING_SSL_BUNDLE_PEM_KAFKA_KEYSTORE_CERTIFICATE",
                        "SPRING_SSL_BUNDLE_PEM_KAFKA_KEYSTORE_PRIVATEKEY",
                        "SPRING_SSL_BUNDLE_PEM_KAFKA_TRUSTSTORE_CERTIFICATE")
                .noneMatch(name -> name.contains("SASL") || name.equals("KAFKA_PASSWORD"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ingestion", "transform", "serving"})
    void topicsAreCreatedSoThatAnAcknowledgedRecordIsOnTwoBrokers(String service) {
        assertThat(Rendered.environment(Chart.render("minimal").container(service)))
                .containsEntry("MILLRACE_TOPICS_REPLICATIONFACTOR", "3")
                .containsEntry("MILLRACE_TOPICS_MININSYNCREPLICAS", "2");
        assertThat(
                        Rendered.environment(
                                Chart.render(
                                                "minimal",
                                                Map.of(
                                                        "kafka.replicationFactor", -1,
                                                        "kafka.minInsyncReplicas", -1))
                                        .container(service)))
                .containsEntry("MILLRACE_TOPICS_REPLICATIONFACTOR", "-1")
                .containsEntry("MILLRACE_TOPICS_MININSYNCREPLICAS", "-1");
    }

    @Test
    void whoAsksAgainForASlowAnswerComesBackToThePodThatWorksOnIt() {
        Rendered rendered = Chart.render("minimal");

        assertThat(affinity(rendered, "serving")).isEqualTo("ClientIP");
        assertThat(affinity(rendered, "ingestion")).isEqualTo("None");
        assertThat(
                        affinity(
                                Chart.render(
                                        "minimal",
                                        Map.of("serving.service.sessionAffinity", "None")),
                                "serving"))
                .isEqualTo("None");
    }

    private static String affinity(Rendered rendered, String service) {
        return rendered.one("Service", "shop-millrace-" + service)
                .at("spec/sessionAffinity")
                .text();
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "everything", "certificates"})
    void everyMountedVolumeExistsAndEveryVolumeIsMounted(String values) {
        assertThat(Chart.render(values).podSpecs())
                .allSatisfy(
                        pod ->
                                assertThat(names(pod.at("volumes").items()))
                                        .containsExactlyInAnyOrderElementsOf(
                                                Rendered.containers(pod).stream()
                                                        .flatMap(
                                                                container ->
                                                                        names(
                                                                                container
                                                                                        .at(
                                                                                                "volumeMounts")
                                                                                        .items())
                                                                                .stream())
                                                        .distinct()
                                                        .toList()));
    }

    @Test
    void certificateFilesInAddressesLieInMountedVolumes() {
        Tree container = Chart.render("everything").container("transform");
        List<String> mounts =
                container.at("volumeMounts").items().stream()
                        .map(mount -> mount.at("mountPath").text())
                        .toList();

        assertThat(
                        container.at("env").items().stream()
                                .filter(env -> env.at("value").exists())
                                .flatMap(
                                        env ->
                                                Arrays.stream(
                                                        env.at("value").text().split("[=&:]", -1)))
                                .filter(part -> part.startsWith("/etc/millrace/")))
                .hasSize(9)
                .allSatisfy(
                        file ->
                                assertThat(mounts)
                                        .contains(file.substring(0, file.lastIndexOf('/'))));
    }

    @Test
    void probesAskTheHealthGroupsAndStartsMayTakeTwoMinutes() {
        Rendered rendered = Chart.render("minimal");

        assertThat(Chart.SERVICES)
                .allSatisfy(
                        service -> {
                            Tree container = rendered.container(service);
                            assertThat(container.at("livenessProbe/httpGet/path").text())
                                    .isEqualTo("/actuator/health/liveness");
                            assertThat(container.at("readinessProbe/httpGet/path").text())
                                    .isEqualTo("/actuator/health/readiness");
                            int period =
                                    Integer.parseInt(
                                            container.at("startupProbe/periodSeconds").text());
                            int attempts =
                                    Integer.parseInt(
                                            container.at("startupProbe/failureThreshold").text());
                            assertThat(period * attempts).isGreaterThanOrEqualTo(120);
                        });
    }

    @Test
    void autoscaledServicesLeaveReplicasToTheAutoscaler() {
        Rendered rendered = Chart.render("minimal");

        assertThat(rendered.ofKind("HorizontalPodAutoscaler"))
                .extracting(scaler -> scaler.at("spec/scaleTargetRef/name").text())
                .containsExactlyInAnyOrder("shop-millrace-ingestion", "shop-millrace-serving");
        assertThat(
                        rendered.one("Deployment", "shop-millrace-ingestion")
                                .at("spec/replicas")
                                .exists())
                .isFalse();
        assertThat(
                        rendered.one("Deployment", "shop-millrace-transform")
                                .at("spec/replicas")
                                .value())
                .isEqualTo(2);
        assertThat(
                        Chart.render("everything")
                                .one("Deployment", "mill-ingestion")
                                .at("spec/replicas")
                                .value())
                .isEqualTo(3);
    }

    @Test
    void everyServiceHasABudgetAServiceAndAPolicyThatSelectItsPods() {
        Rendered rendered = Chart.render("minimal");

        assertThat(Chart.SERVICES)
                .allSatisfy(
                        service -> {
                            String name = "shop-millrace-" + service;
                            Map<?, ?> labels =
                                    rendered.one("Deployment", name)
                                            .at("spec/template/metadata/labels")
                                            .map();
                            assertThat(
                                            Stream.of(
                                                    rendered.one("Service", name)
                                                            .at("spec/selector"),
                                                    rendered.one("PodDisruptionBudget", name)
                                                            .at("spec/selector/matchLabels"),
                                                    rendered.one("NetworkPolicy", name)
                                                            .at("spec/podSelector/matchLabels"),
                                                    rendered.one(
                                                                    "NetworkPolicy",
                                                                    "shop-millrace-deny")
                                                            .at("spec/podSelector/matchLabels")))
                                    .allSatisfy(
                                            selector ->
                                                    assertThat(
                                                                    labels.entrySet()
                                                                            .containsAll(
                                                                                    selector.map()
                                                                                            .entrySet()))
                                                            .as(selector.path())
                                                            .isTrue());
                        });
    }

    private static List<String> names(List<Tree> named) {
        return named.stream().map(item -> item.at("name").text()).toList();
    }
}
