package dev.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Map;

class ChartValuesTest {

    @Test
    void lintFindsNothing() {
        LintResult result = new Helm(Chart.DIRECTORY).lint().call();

        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
        assertThat(result.getMessages())
                .filteredOn(message -> !message.contains("icon is recommended"))
                .noneMatch(message -> message.contains("[WARNING]") || message.contains("[ERROR]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal", "everything", "certificates"})
    void everyObjectHasTheFieldsThatKubernetesKnowsAndNoOthers(String values) {
        Rendered rendered = Chart.render(values);

        assertThat(rendered.objects()).isNotEmpty();
        assertThat(rendered.objects())
                .allSatisfy(
                        object ->
                                assertThatCode(() -> StrictKubernetes.check(object))
                                        .doesNotThrowAnyException());
    }

    @Test
    void strictReadingRefusesAMisspelledField() {
        KubernetesObject service =
                Chart.render("minimal").one("Service", "shop-millrace-ingestion");
        KubernetesObject misspelled =
                new KubernetesObject(
                        Tree.of(
                                Map.of(
                                        "apiVersion",
                                        "v1",
                                        "kind",
                                        "Service",
                                        "metadata",
                                        Map.of("name", service.name()),
                                        "spec",
                                        Map.of("selectr", Map.of()))));

        assertThatThrownBy(() -> StrictKubernetes.check(misspelled))
                .hasMessageContaining("selectr");
    }

    @Test
    void namesAreUniquePerKind() {
        assertThat(Chart.render("everything").objects())
                .extracting(KubernetesObject::toString)
                .doesNotHaveDuplicates();
    }

    @Test
    void theDefaultValuesAloneAreRefusedWithEverythingThatIsMissing() {
        assertThatThrownBy(
                        () -> new Helm(Chart.DIRECTORY).template().withKubeVersion("1.33.0").call())
                .hasMessageContaining("kafka.bootstrapServers is required")
                .hasMessageContaining("postgresql.host is required")
                .hasMessageContaining("postgresql.ca.secretName is required")
                .hasMessageContaining("postgresql.roles.models.secretName is required")
                .hasMessageContaining("ingestion.kafka.secretName is required")
                .hasMessageContaining("access.jwtSecret.secretName or access.jwkSetUri")
                .hasMessageContaining("serving.apiSecret.secretName or serving.apiJwkSetUri")
                .hasMessageContaining("exactly one of project.files");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    project.existingClaim          | other         | exactly one of project.files
                    project.subPath                | folder        | project.subPath is for existingClaim
                    kafka.securityProtocol         | TLS           | /kafka/securityProtocol
                    kafka.saslMechanism            | GSSAPI        | /kafka/saslMechanism
                    kafka.bootstrapServers         | kafka         | /kafka/bootstrapServers
                    kafka.password                 | secret        | password
                    kafka.replicationFactor        | 0             | /kafka/replicationFactor
                    kafka.minInsyncReplicas        | -2            | /kafka/minInsyncReplicas
                    kafka.minInsyncReplicas        | 4             | kafka.minInsyncReplicas 4 is above kafka.replicationFactor 3
                    serving.service.sessionAffinity | Cookie       | /serving/service/sessionAffinity
                    networkPolicy.kafkaPorts[0]    | kafka         | /networkPolicy/kafkaPorts/0
                    postgresql.sslMode             | sometimes     | /postgresql/sslMode
                    postgresql.port                | 70000         | /postgresql/port
                    postgresql.roles.models.secretName | Not_A_Name | /postgresql/roles/models/secretName
                    postgresql.roles.admin.secretName  | admin     | admin
                    postgresql.rolesJob.enabled    | true          | postgresql.rolesJob.owner.secretName is required
                    postgresql.rolesJob.image      | postgres      | /postgresql/rolesJob/image
                    postgresql.rolesJob.image      | postgres:latest | /postgresql/rolesJob/image
                    access.jwkSetUri               | https://login.example/keys | only one of access.jwtSecret.secretName
                    access.jwtsecret               | typo          | jwtsecret
                    ingestion.autoscaling.minReplicas | 9          | minReplicas is above maxReplicas
                    ingestion.ingress.enabled      | true          | ingestion.ingress.hosts is required
                    ingestion.replicas             | many          | /ingestion/replicas
                    transform.autoscaling.enabled  | true          | autoscaling
                    terminationGracePeriodSeconds  | 1             | terminationGracePeriodSeconds
                    replicaCount                   | 2             | replicaCount
                    """)
    void aWrongValueIsRefusedByName(String key, String value, String message) {
        assertThatThrownBy(() -> Chart.render("minimal", Map.of(key, value)))
                .hasMessageContaining(message);
    }

    @Test
    void aPathThatLeavesTheProjectIsRefused() {
        assertThatThrownBy(
                        () -> Chart.render("minimal", Map.of("project.files.\\.\\./passwd", "x")))
                .hasMessageContaining("passwd");
    }
}
