package dev.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Map;

/** What the chart says after an installation is true of it. */
class ChartNotesTest {

    @Test
    void addressesAreHttpsExactlyWhereTheIngressHasACertificate() {
        String notes = Chart.notes("everything", Map.of());

        assertThat(notes)
                .contains("https://events.shop.example/v1")
                .contains("http://metrics.shop.example/cubejs-api/v1")
                .contains("serving.ingress.tls does not cover metrics.shop.example")
                .doesNotContain("ingestion.ingress.tls");
    }

    @Test
    void aWildcardAndACertificateWithoutHostsCoverAHost() {
        assertThat(
                        Chart.notes(
                                "everything",
                                Map.of("serving.ingress.tls[0].hosts[0]", "*.shop.example")))
                .contains("https://metrics.shop.example/cubejs-api/v1");
        assertThat(
                        Chart.notes(
                                "everything",
                                Map.of("serving.ingress.tls[0].secretName", "metrics-tls")))
                .contains("https://metrics.shop.example/cubejs-api/v1");
        assertThat(
                        Chart.notes(
                                "everything",
                                Map.of("serving.ingress.tls[0].hosts[0]", "other.shop.example")))
                .contains("http://metrics.shop.example/cubejs-api/v1");
    }

    @Test
    void withoutAnIngressTheAddressesAreThoseInTheCluster() {
        assertThat(Chart.notes("minimal", Map.of()))
                .contains("Send events to   http://shop-millrace-ingestion.data:8081/v1\n")
                .contains("Ask metrics at   http://shop-millrace-serving.data:8083/cubejs-api/v1\n")
                .doesNotContain("WARNING");
    }

    @Test
    void whatGivesSafetyAwayIsWarnedOf() {
        assertThat(
                        Chart.notes(
                                "certificates",
                                Map.of(
                                        "kafka.replicationFactor", 1,
                                        "kafka.minInsyncReplicas", 1,
                                        "postgresql.sslMode", "prefer")))
                .contains("WARNING: kafka.replicationFactor is 1")
                .contains("WARNING: postgresql.sslMode prefer");
    }

    @Test
    void theNotesDoNotPromiseThatServicesWaitForTheirDatabase() {
        assertThat(Chart.notes("minimal", Map.of()))
                .doesNotContain("wait for nothing")
                .contains("Kubernetes starts it again until PostgreSQL answers");
    }
}
