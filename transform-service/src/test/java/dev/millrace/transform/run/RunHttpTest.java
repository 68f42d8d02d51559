package dev.millrace.transform.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.test.TestWarehouse;
import dev.millrace.transform.RunningTransform;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;

/** The operators' doors to runs and models, on the service as it is started. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class RunHttpTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final TestWarehouse warehouse = TestWarehouse.create();
    private RunningTransform service;

    @BeforeAll
    void start(@TempDir Path project) throws Exception {
        Files.createDirectories(project.resolve("models"));
        Files.writeString(project.resolve("dbt_project.yml"), "name: shop\n");
        Files.writeString(
                project.resolve("models/total.sql"),
                "{{ config(materialized='table') }}select {{ var('n', 1) }} as n");
        Files.writeString(project.resolve("models/shown.sql"), "select n from {{ ref('total') }}");
        Files.writeString(
                project.resolve("models/grown.sql"),
                "{{ config(materialized='incremental', enabled=true) }}select 1 as n -- {{ 'whole'"
                        + " if flags.FULL_REFRESH else 'added' }}");
        service = RunningTransform.start(warehouse, project, "--millrace.landing.enabled=false");
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @Test
    void aRunIsBegunAndFollowed() throws Exception {
        HttpResponse<String> begun =
                service.post("/operator/runs", "{\"select\": \"+shown\", \"vars\": {\"n\": 7}}");
        assertThat(begun.statusCode()).isEqualTo(202);
        String id = JSON.readTree(begun.body()).path("id").asString();

        JsonNode run = JSON.readTree(service.get("/operator/runs/" + id).body());
        while (run.path("status").asString().equals("running")) {
            run = JSON.readTree(service.get("/operator/runs/" + id).body());
        }

        assertThat(run.path("status").asString()).isEqualTo("succeeded");
        assertThat(run.path("nodes").findValuesAsString("status"))
                .containsExactly("success", "success");
        assertThat(run.path("nodes").get(0).path("compiled").asString()).isEqualTo("select 7 as n");
        assertThat(service.get("/operator/runs?status=succeeded&limit=1").body())
                .contains("\"runs\":[{");
        assertThat(service.get("/operator/models").body())
                .contains("\"relation\":\"analytics.shown\"");
    }

    @Test
    void aDryRunShowsThePlanAndBeginsNothing() throws Exception {
        HttpResponse<String> plan =
                service.post("/operator/runs", "{\"select\": \"total\", \"dry_run\": true}");

        assertThat(plan.statusCode()).isEqualTo(200);
        assertThat(plan.body()).contains("\"compiled\":\"select 1 as n\"").contains("planned");
    }

    @Test
    void aFullRefreshIsPlannedAsOne() throws Exception {
        String adding = "{\"select\": \"grown\", \"dry_run\": true";

        assertThat(service.post("/operator/runs", adding + ", \"full_refresh\": true}").body())
                .contains("\"compiled\":\"select 1 as n -- whole\"");
        assertThat(service.post("/operator/runs", adding + "}").body())
                .contains("\"compiled\":\"select 1 as n -- added\"");
    }

    @Test
    void aVariableMayBeNull() throws Exception {
        HttpResponse<String> plan =
                service.post(
                        "/operator/runs",
                        "{\"select\": \"total\", \"dry_run\": true, \"vars\": {\"n\": null}}");

        assertThat(plan.statusCode()).isEqualTo(200);
        assertThat(plan.body()).contains("\"compiled\":\"select None as n\"");
    }

    @Test
    void whatMakesNoSenseIsAProblem() throws Exception {
        HttpResponse<String> answer = service.post("/operator/runs", "{\"select\": \"totl\"}");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("did you mean 'total'?");
        assertThat(service.get("/operator/runs/none").statusCode()).isEqualTo(404);
        assertThat(service.get("/operator/runs?status=odd").statusCode()).isEqualTo(400);
    }
}
