package dev.millrace.helm;

import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Ingress;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;

import java.io.IOException;
import java.util.Map;

/** Reads objects as the API server would: unknown fields and missing required ones are errors. */
final class StrictKubernetes {

    private static final Map<String, Reader> READERS =
            Map.of(
                    "v1/ConfigMap", V1ConfigMap::fromJson,
                    "v1/Service", V1Service::fromJson,
                    "v1/ServiceAccount", V1ServiceAccount::fromJson,
                    "apps/v1/Deployment", V1Deployment::fromJson,
                    "batch/v1/Job", V1Job::fromJson,
                    "policy/v1/PodDisruptionBudget", V1PodDisruptionBudget::fromJson,
                    "autoscaling/v2/HorizontalPodAutoscaler", V2HorizontalPodAutoscaler::fromJson,
                    "networking.k8s.io/v1/NetworkPolicy", V1NetworkPolicy::fromJson,
                    "networking.k8s.io/v1/Ingress", V1Ingress::fromJson);

    private StrictKubernetes() {}

    static void check(KubernetesObject object) throws IOException {
        String type = object.at("apiVersion").text() + "/" + object.kind();
        Reader reader = READERS.get(type);
        if (reader == null) {
            throw new AssertionError("no strict reader for " + type + ": add one");
        }
        reader.read(object.json());
    }

    @FunctionalInterface
    private interface Reader {
        Object read(String json) throws IOException;
    }
}
