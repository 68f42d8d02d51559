package dev.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

class ComposeFileTest {

    private static final List<String> SERVERS = List.of("kafka", "postgres");
    private static final List<String> ONCE = List.of("kafka-setup", "postgres-setup");

    /** Variables that may be left out, as what they stand for is no secret. */
    private static final Set<String> OPTIONAL =
            Set.of(
                    "KAFKA_DECLARED_TOPICS",
                    "INGESTION_PORT",
                    "TRANSFORM_PORT",
                    "SERVING_PORT",
                    "KAFKA_PORT",
                    "POSTGRES_PORT");

    @TempDir private static Path directory;

    private static ComposeFile raw;
    private static ComposeFile compose;
    private static Map<String, String> secrets;

    @BeforeAll
    static void read() throws IOException, InterruptedException {
        raw = ComposeFile.read();
        secrets = ComposeSecrets.generate(directory.resolve("env"));
        compose = raw.with(secrets);
    }

    @Test
    void everySecretMustBeGivenAndNoneHasADefault() {
        Set<String> required =
                raw.variables().stream()
                        .filter(use -> use.operator().equals(":?"))
                        .map(ComposeFile.Use::name)
                        .collect(Collectors.toSet());

        assertThat(raw.variables())
                .filteredOn(use -> !OPTIONAL.contains(use.name()))
                .isNotEmpty()
                .allSatisfy(use -> assertThat(use.operator()).as(use.name()).isIn("", ":?"))
                .allSatisfy(use -> assertThat(required).contains(use.name()));
        assertThat(raw.variables())
                .filteredOn(use -> use.operator().equals(":-"))
                .extracting(ComposeFile.Use::name)
                .isSubsetOf(OPTIONAL);
    }

    @Test
    void aMissingSecretStopsComposeWithItsName() {
        assertThatThrownBy(() -> raw.with(Map.of("MILLRACE_PROJECT", "x")))
                .hasMessageContaining("run compose/generate-env first");
    }

    @Test
    void noPasswordStandsInTheFile() {
        for (String service : raw.services()) {
            raw.environment(service).entrySet().stream()
                    .filter(entry -> entry.getKey().matches(".*(PASSWORD|SECRET|_KEY)$"))
                    .forEach(
                            entry ->
                                    assertThat(entry.getValue())
                                            .as(entry.getKey())
                                            .matches("\\$\\{[A-Z_]+(:\\?[^}]*)?}"));
        }
    }

    @Test
    void theGeneratedFileGivesEveryRequiredVariableAValueOfItsOwn() {
        Set<String> required =
                raw.variables().stream()
                        .filter(use -> use.operator().equals(":?"))
                        .map(ComposeFile.Use::name)
                        .collect(Collectors.toCollection(TreeSet::new));

        required.add("KAFKA_DECLARED_TOPICS");
        assertThat(secrets.keySet()).containsExactlyInAnyOrderElementsOf(required);
        assertThat(secrets.values()).doesNotHaveDuplicates();
        assertThat(secrets.entrySet())
                .filteredOn(entry -> entry.getKey().matches(".*(PASSWORD|SECRET|_KEY)$"))
                .allSatisfy(entry -> assertThat(entry.getValue()).matches("[0-9a-f]{48}"));
        assertThat(secrets.get("KAFKA_CLUSTER_ID")).matches("[A-Za-z0-9_][A-Za-z0-9_-]{21}");
    }

    @Test
    void generatingAgainKeepsWhatIsSetAndAddsWhatIsMissing()
            throws IOException, InterruptedException {
        Path file = directory.resolve("again");
        Map<String, String> first = ComposeSecrets.generate(file);
        Files.writeString(
                file,
                Files.readString(file)
                        .replaceAll("(?m)^MILLRACE_PII_KEY=.*\n", "")
                        .replaceAll("(?m)^KAFKA_DECLARED_TOPICS=.*", "KAFKA_DECLARED_TOPICS=mine"));

        Map<String, String> second = ComposeSecrets.generate(file);

        assertThat(second).containsEntry("KAFKA_DECLARED_TOPICS", "mine");
        assertThat(second.get("MILLRACE_PII_KEY")).isNotEqualTo(first.get("MILLRACE_PII_KEY"));
        first.keySet().removeAll(Set.of("MILLRACE_PII_KEY", "KAFKA_DECLARED_TOPICS"));
        assertThat(second).containsAllEntriesOf(first);
    }

    @Test
    void nobodyElseMayReadTheGeneratedFile() throws IOException {
        assertThat(Files.getPosixFilePermissions(directory.resolve("env")))
                .extracting(Enum::name)
                .containsExactlyInAnyOrder("OWNER_READ", "OWNER_WRITE");
        assertThat(Files.readAllLines(Repository.file(".gitignore"))).contains(".env");
    }

    @Test
    void imagesOfOthersHaveVersionsAndOursAreBuiltHere() throws IOException {
        Dockerfile dockerfile = Dockerfile.read();
        for (String service : compose.services()) {
            assertThat(compose.service(service).at("image").text())
                    .as(service)
                    .matches("[a-z/-]+:\\d+\\.\\d+[\\w.-]*");
        }
        assertThat(Chart.SERVICES)
                .allSatisfy(
                        service ->
                                assertThat(
                                                dockerfile.stage(
                                                        compose.service(service)
                                                                .at("build/target")
                                                                .text()))
                                        .isNotNull());
    }

    @Test
    void everythingThatStaysUpHasAHealthCheck() throws IOException {
        Dockerfile dockerfile = Dockerfile.read();
        for (String server : SERVERS) {
            assertThat(compose.service(server).at("healthcheck/test").exists()).isTrue();
        }
        for (String service : Chart.SERVICES) {
            assertThat(dockerfile.effective(service, "HEALTHCHECK")).contains("CMD");
        }
        assertThat(compose.services())
                .containsExactlyInAnyOrderElementsOf(
                        java.util.stream.Stream.of(SERVERS, ONCE, Chart.SERVICES)
                                .flatMap(List::stream)
                                .toList());
    }

    @Test
    void everyoneWaitsForWhatItNeeds() {
        assertThat(conditions("kafka-setup")).containsEntry("kafka", "service_healthy");
        assertThat(conditions("postgres-setup")).containsEntry("postgres", "service_healthy");
        assertThat(conditions("ingestion"))
                .containsEntry("kafka-setup", "service_completed_successfully")
                .containsEntry("postgres-setup", "service_completed_successfully");
        assertThat(conditions("transform")).isEqualTo(conditions("ingestion"));
        assertThat(conditions("serving")).isEqualTo(conditions("ingestion"));
    }

    private static Map<String, String> conditions(String service) {
        Tree dependencies = compose.service(service).at("depends_on");
        return dependencies.keys().stream()
                .collect(
                        Collectors.toMap(
                                name -> name, name -> dependencies.at(name + "/condition").text()));
    }

    @Test
    void portsAreOpenToThisMachineAlone() {
        List<String> ports = new ArrayList<>();
        for (String service : compose.services()) {
            compose.service(service).at("ports").items().forEach(port -> ports.add(port.text()));
        }

        assertThat(ports)
                .containsExactlyInAnyOrder(
                        "127.0.0.1:9095:9095",
                        "127.0.0.1:5432:5432",
                        "127.0.0.1:8081:8081",
                        "127.0.0.1:8082:8082",
                        "127.0.0.1:8083:8083");
    }

    @Test
    void servicesAreConfinedAndLimited() {
        for (String service : Chart.SERVICES) {
            Tree tree = compose.service(service);
            assertThat(tree.at("read_only").value()).isEqualTo(true);
            assertThat(tree.at("cap_drop").value()).isEqualTo(List.of("ALL"));
            assertThat(tree.at("security_opt").value())
                    .isEqualTo(List.of("no-new-privileges:true"));
            boolean isOnDisk = service.equals("transform");
            assertThat(tree.at("volumes").items())
                    .extracting(Tree::text)
                    .allSatisfy(
                            volume -> assertThat(volume).matches(isOnDisk ? ".*:ro|/tmp" : ".*:ro"))
                    .hasSize(isOnDisk ? 2 : 1);
            // Docker mounts it noexec by itself, and Kafka's codecs load their libraries from
            // there.
            assertThat(tree.at("tmpfs").value())
                    .isEqualTo(isOnDisk ? List.of() : List.of("/tmp:exec,mode=1777"));
        }
        for (String service : compose.services()) {
            assertThat(compose.service(service).at("mem_limit").exists()).as(service).isTrue();
            assertThat(compose.service(service).at("restart").exists()).as(service).isTrue();
            assertThat(compose.service(service).at("privileged").exists()).isFalse();
        }
    }

    @Test
    void whoeverHasNoBusinessWithAServerSharesNoNetworkWithIt() {
        assertThat(networks("postgres")).doesNotContainAnyElementsOf(networks("kafka"));
        assertThat(compose.tree().at("networks").keys())
                .filteredOn(
                        network ->
                                compose.services().stream()
                                                .filter(name -> networks(name).contains(network))
                                                .count()
                                        > 1)
                .containsExactlyInAnyOrder("kafka", "warehouse")
                .allSatisfy(
                        network ->
                                assertThat(
                                                compose.tree()
                                                        .at("networks/" + network + "/internal")
                                                        .value())
                                        .isEqualTo(true));
    }

    @Test
    void whatIsPublishedHasANetworkThatLeadsOutside() {
        assertThat(compose.services())
                .filteredOn(name -> compose.service(name).at("ports").exists())
                .hasSize(5)
                .allSatisfy(
                        name ->
                                assertThat(networks(name))
                                        .anySatisfy(
                                                network ->
                                                        assertThat(
                                                                        compose.tree()
                                                                                .at(
                                                                                        "networks/"
                                                                                                + network
                                                                                                + "/internal")
                                                                                .exists())
                                                                .isFalse()));
    }

    private static List<String> networks(String service) {
        return compose.service(service).at("networks").items().stream().map(Tree::text).toList();
    }

    @Test
    void servicesGetTheVariablesThatTheChartSetsToo() {
        Rendered rendered =
                Chart.render(
                        "minimal",
                        Map.of(
                                "kafka.securityProtocol", "SASL_PLAINTEXT",
                                "ingestion.piiKey.secretName", "pii",
                                "serving.tenantSecret.secretName", "tenants"));
        for (String service : Chart.SERVICES) {
            Set<String> chart = new HashSet<>();
            rendered.container(service)
                    .at("env")
                    .items()
                    .forEach(variable -> chart.add(variable.at("name").text()));
            // Parts of the JAAS line, and what the image sets.
            chart.removeAll(Set.of("KAFKA_USERNAME", "KAFKA_PASSWORD", "MILLRACE_PROJECT_DIR"));
            // The Compose file's one broker knows by itself that there is no other.
            chart.removeAll(
                    Set.of(
                            "MILLRACE_TOPICS_REPLICATIONFACTOR",
                            "MILLRACE_TOPICS_MININSYNCREPLICAS"));

            assertThat(compose.environment(service).keySet())
                    .as(service)
                    .containsExactlyInAnyOrderElementsOf(chart);
        }
    }

    @Test
    void mountedFilesExist() {
        for (String service : ONCE) {
            assertThat(compose.service(service).at("volumes").items())
                    .isNotEmpty()
                    .allSatisfy(
                            volume ->
                                    assertThat(
                                                    Repository.file(
                                                            volume.text()
                                                                    .substring(
                                                                            0,
                                                                            volume.text()
                                                                                    .indexOf(':'))))
                                            .exists());
        }
    }
}
