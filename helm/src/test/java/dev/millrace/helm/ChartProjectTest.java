package dev.millrace.helm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Map;

class ChartProjectTest {

    @Test
    void projectFilesComeBackToTheirPaths() {
        Rendered rendered = Chart.render("minimal");
        Tree data = rendered.one("ConfigMap", "shop-millrace-project").at("data");

        assertThat(Chart.SERVICES)
                .allSatisfy(
                        service ->
                                assertThat(
                                                volume(rendered, service, "project")
                                                        .at("configMap/items")
                                                        .items())
                                        .extracting(item -> item.at("path").text())
                                        .containsExactlyInAnyOrder(
                                                "dbt_project.yml", "sources/web.yml"));
        assertThat(volume(rendered, "ingestion", "project").at("configMap/items").items())
                .allSatisfy(item -> assertThat(data.keys()).contains(item.at("key").text()));
        assertThat(data.keys()).allSatisfy(key -> assertThat(key).matches("[-._a-zA-Z0-9]+"));
    }

    @Test
    void projectPathsThatLookAlikeKeepKeysApart() {
        Tree data =
                Chart.render(
                                "minimal",
                                Map.of(
                                        "project.files.models/a\\.sql", "select 1",
                                        "project.files.models_a\\.sql", "select 2",
                                        "project.files.models_sa\\.sql", "select 3"))
                        .one("ConfigMap", "shop-millrace-project")
                        .at("data");

        assertThat(data.keys()).hasSize(5);
    }

    @Test
    void gitSyncHasCopiedTheProjectBeforeTheServiceStarts() {
        Rendered rendered = Chart.render("everything");
        Tree pod = rendered.pod("mill-ingestion");
        Tree gitSync = pod.at("initContainers").items().getFirst();

        assertThat(gitSync.at("restartPolicy").text()).isEqualTo("Always");
        assertThat(gitSync.at("startupProbe/httpGet").exists()).isTrue();
        assertThat(Rendered.environment(pod.at("containers").items().getFirst()))
                .containsEntry("MILLRACE_PROJECT_DIR", "/project/current/warehouse");
        assertThat(Rendered.environment(gitSync))
                .containsEntry("GITSYNC_ROOT", "/project")
                .containsEntry("GITSYNC_LINK", "current");
    }

    @Test
    void aClaimsFolderIsMountedAsTheProject() {
        Tree container = Chart.render("certificates").container("serving");

        assertThat(Rendered.environment(container))
                .containsEntry("MILLRACE_PROJECT_DIR", "/project");
        assertThat(container.at("volumeMounts").items())
                .filteredOn(mount -> mount.at("mountPath").text().equals("/project"))
                .singleElement()
                .satisfies(mount -> assertThat(mount.at("subPath").text()).isEqualTo("shop"));
    }

    private static Tree volume(Rendered rendered, String service, String name) {
        return rendered.pod("shop-millrace-" + service).at("volumes").items().stream()
                .filter(volume -> volume.at("name").text().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
