package dev.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.contracts.warehouse.WarehouseRoles;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

class ChartConfinementTest {

    @Test
    void everyContainerRunsAsNobodyInParticularAndCanWriteOnlyToItsVolumes() {
        for (String values : List.of("minimal", "everything", "certificates")) {
            assertThat(Chart.render(values).podSpecs())
                    .isNotEmpty()
                    .allSatisfy(
                            pod -> {
                                assertThat(pod.at("securityContext/runAsNonRoot").value())
                                        .isEqualTo(true);
                                assertThat(pod.at("securityContext/seccompProfile/type").text())
                                        .isEqualTo("RuntimeDefault");
                                assertThat(pod.at("automountServiceAccountToken").value())
                                        .isEqualTo(false);
                                assertThat(pod.at("enableServiceLinks").value()).isEqualTo(false);
                                assertThat(Rendered.containers(pod))
                                        .isNotEmpty()
                                        .allSatisfy(ChartConfinementTest::isConfined);
                            });
        }
    }

    private static void isConfined(Tree container) {
        Tree security = container.at("securityContext");
        assertThat(security.at("readOnlyRootFilesystem").value()).isEqualTo(true);
        assertThat(security.at("allowPrivilegeEscalation").value()).isEqualTo(false);
        assertThat(security.at("capabilities/drop").value()).isEqualTo(List.of("ALL"));
        assertThat(container.at("resources/limits/memory").exists()).isTrue();
        assertThat(container.at("resources/requests/cpu").exists()).isTrue();
        assertThat(container.at("image").text()).contains(":").doesNotEndWith(":latest");
    }

    @Test
    void temporaryFilesHaveALimitAndTransformAHighOneOfItsOwn() {
        Rendered rendered = Chart.render("minimal", Map.of("transform.tmpSizeLimit", "16Gi"));

        assertThat(tmpSizeLimit(Chart.render("minimal"), "transform")).isEqualTo("4Gi");
        assertThat(tmpSizeLimit(rendered, "transform")).isEqualTo("16Gi");
        assertThat(tmpSizeLimit(rendered, "serving")).isEqualTo("1Gi");
    }

    private static String tmpSizeLimit(Rendered rendered, String service) {
        return rendered.pod("shop-millrace-" + service).at("volumes").items().stream()
                .filter(volume -> volume.at("name").text().equals("tmp"))
                .map(volume -> volume.at("emptyDir/sizeLimit").text())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void noObjectHoldsASecretAndNoPasswordStandsInAnEnvironment() {
        Rendered rendered = Chart.render("everything");

        assertThat(rendered.ofKind("Secret")).isEmpty();
        assertThat(rendered.podSpecs().flatMap(pod -> Rendered.containers(pod).stream()))
                .flatExtracting(container -> container.at("env").items())
                .filteredOn(
                        env -> env.at("name").text().matches(".*(PASSWORD|SECRET|_KEY|USERNAME)$"))
                .isNotEmpty()
                .allSatisfy(
                        env ->
                                assertThat(
                                                env.at("valueFrom/secretKeyRef").exists()
                                                        || env.at("value")
                                                                .text()
                                                                .startsWith("millrace_"))
                                        .as(env.at("name").text())
                                        .isTrue());
    }

    @Test
    void eachServiceConnectsOnlyAsItsOwnRoles() {
        Rendered rendered = Chart.render("minimal");

        assertThat(databaseUsers(rendered, "ingestion")).containsExactly("millrace_ingestion");
        assertThat(databaseUsers(rendered, "transform"))
                .containsExactly("millrace_transform", "millrace_models");
        assertThat(databaseUsers(rendered, "serving"))
                .containsExactly("millrace_serving", WarehouseRoles.ANSWERS);
        assertThat(
                        Arrays.stream(Role.values())
                                .map(
                                        role ->
                                                role == Role.READER
                                                        ? WarehouseRoles.ANSWERS
                                                        : role.roleName()))
                .containsExactlyInAnyOrderElementsOf(
                        Chart.SERVICES.stream()
                                .flatMap(service -> databaseUsers(rendered, service).stream())
                                .toList());
    }

    private static List<String> databaseUsers(Rendered rendered, String service) {
        return rendered.container(service).at("env").items().stream()
                .filter(env -> env.at("name").text().endsWith("_USERNAME"))
                .map(env -> env.at("value"))
                .filter(Tree::exists)
                .map(Tree::text)
                .toList();
    }

    @Test
    void servingWithoutAUserAtKafkaHasNoAddressOfIt() {
        Rendered rendered = Chart.render("minimal", Map.of("serving.kafka.secretName", ""));

        assertThat(rendered.container("serving").at("env").items())
                .extracting(env -> env.at("name").text())
                .noneMatch(name -> name.contains("KAFKA"));
        assertThat(ports(rendered, "serving")).containsExactlyInAnyOrder("53", "5432");
    }

    @Test
    void eachServiceHasAUserOfItsOwnAtKafka() {
        Rendered rendered = Chart.render("everything");

        for (String service : Chart.SERVICES) {
            assertThat(rendered.container(service).at("env").items())
                    .filteredOn(env -> env.at("name").text().equals("KAFKA_PASSWORD"))
                    .extracting(env -> env.at("valueFrom/secretKeyRef/name").text())
                    .containsExactly("kafka-" + service);
        }
    }

    @Test
    void onlyServicesThatReadSourcesGetTheirSecrets() {
        Rendered rendered = Chart.render("minimal");

        assertThat(rendered.container("ingestion").at("envFrom").exists()).isTrue();
        assertThat(rendered.container("transform").at("envFrom").exists()).isTrue();
        assertThat(rendered.container("serving").at("envFrom").exists()).isFalse();
    }

    @Test
    void nothingLeavesThatNoServiceNeeds() {
        Rendered rendered = Chart.render("minimal");

        assertThat(rendered.one("NetworkPolicy", "shop-millrace-deny").at("spec/ingress").exists())
                .isFalse();
        assertThat(ports(rendered, "ingestion")).containsExactlyInAnyOrder("53", "5432", "9093");
        assertThat(ports(rendered, "serving")).containsExactlyInAnyOrder("53", "5432", "9093");
    }

    @Test
    void servicesReachTheBrokersAndTheDatabaseWhereverTheyListen() {
        Rendered rendered =
                Chart.render(
                        "minimal",
                        Map.of(
                                "kafka.bootstrapServers", "b-1.msk:9096,b-2.msk:9096,b-3.msk:9196",
                                "postgresql.port", 6432,
                                "networkPolicy.kafkaPorts[0]", 9998));

        assertThat(ports(rendered, "transform"))
                .containsExactlyInAnyOrder("53", "6432", "9096", "9196", "9998");
        assertThat(ports(rendered, "serving"))
                .containsExactlyInAnyOrder("53", "6432", "9096", "9196", "9998");
    }

    private static List<String> ports(Rendered rendered, String service) {
        return rendered
                .one("NetworkPolicy", "shop-millrace-" + service)
                .at("spec/egress")
                .items()
                .stream()
                .flatMap(rule -> rule.at("ports").items().stream())
                .map(port -> port.at("port").text())
                .distinct()
                .toList();
    }

    @Test
    void onlyCallersDoorsAreReachableFromOutside() {
        assertThat(Chart.render("everything").ofKind("Ingress"))
                .extracting(
                        ingress ->
                                ingress.at("spec/rules")
                                        .items()
                                        .getFirst()
                                        .at("http/paths")
                                        .items()
                                        .getFirst()
                                        .at("path")
                                        .text())
                .containsExactlyInAnyOrder("/v1", "/cubejs-api");
    }
}
