package dev.millrace.transform.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.event.SchemaChanged;
import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectLoader;
import dev.millrace.transform.model.context.ReadableEnvironment;
import dev.millrace.transform.schema.Relation;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What of a project is said to use a table or a column. */
class ProjectDependentsTest {

    private static final Relation CLICK = new Relation("web", "click");

    private static SchemaChanged.Dependents of(String column) throws Exception {
        Map<String, byte[]> files = new HashMap<>();
        Map<String, String> texts =
                Map.of(
                        "sources/web.yml",
                        """
                        sources:
                          - name: web
                            type: kafka
                            streams: [{name: click, topic: c}, {name: other, topic: o}]
                        """,
                        "dbt_project.yml",
                        "name: shop\nversion: '1'\nprofile: shop\n",
                        "models/amounts.sql",
                        "select amount as total, -- not: page\n"
                                + " 'page' as p from {{ source('web', 'click') }}",
                        "models/everything.sql",
                        "select c.* from {{ source('web', 'click') }} c",
                        "models/pages.sql",
                        "select page from {{ ref('everything') }}",
                        "models/elsewhere.sql",
                        "select amount, page from {{ source('web', 'other') }}",
                        "models/s.yml",
                        """
                        models:
                          - name: everything
                            columns:
                              - {name: amount, tests: [not_null, {accepted_values: {values: [1]}}]}
                        sources:
                          - name: web
                            tables:
                              - {name: click, columns: [{name: page, data_tests: [unique]}]}
                        """,
                        "model/c.yml",
                        """
                        cubes:
                          - name: clicks
                            sql_table: web.click
                            measures:
                              - {name: total, type: sum, sql: amount}
                              - {name: count, type: count}
                            dimensions:
                              - {name: id, sql: "{CUBE}.id", type: string, primary_key: true}
                        """);
        texts.forEach((path, text) -> files.put(path, text.getBytes(StandardCharsets.UTF_8)));
        Project project =
                new ProjectLoader(Environment.of(Map.of()), Set.of(ProjectLoader.Kind.SOURCES))
                        .load(ProjectFiles.of(files));
        ProjectModels models =
                new ModelReading(
                                new ServiceTarget(Environment.of(Map.of()), "warehouse", 4),
                                ReadableEnvironment.of(Environment.of(Map.of()), Set.of()),
                                Clock.fixed(Instant.EPOCH, ZoneOffset.UTC))
                        .read(project);
        assertThat(models.problems()).isEmpty();
        return new ModelDependents(() -> models, Environment.of(Map.of()))
                .of(CLICK, column.isEmpty() ? null : column);
    }

    private static List<String> words(List<SchemaChanged.Use> uses) {
        return uses.stream().map(use -> use.name() + " " + use.certainty()).sorted().toList();
    }

    @Test
    void aModelUsesAColumnThatItsSqlNamesOutsideOfTextsAndComments() throws Exception {
        assertThat(words(of("amount").models()))
                .containsExactly("model.shop.amounts USES", "model.shop.everything USES");
        assertThat(words(of("page").models()))
                .containsExactly("model.shop.everything MAY_USE", "model.shop.pages USES");
        assertThat(words(of("nobody").models())).containsExactly("model.shop.everything MAY_USE");
    }

    @Test
    void testsOfTheColumnAreTold() throws Exception {
        assertThat(words(of("amount").checks()))
                .containsExactly(
                        "everything.amount.accepted_values USES",
                        "everything.amount.not_null USES");
        assertThat(words(of("page").checks())).containsExactly("web.click.page.unique USES");
    }

    @Test
    void membersOfCubesThatNameTheColumnAreTold() throws Exception {
        assertThat(words(of("amount").cubes())).containsExactly("clicks.total USES");
        assertThat(words(of("page").cubes())).isEmpty();
    }

    @Test
    void aTableIsUsedByAllThatReadItInTheEnd() throws Exception {
        assertThat(words(of("").models()))
                .containsExactly(
                        "model.shop.amounts USES",
                        "model.shop.everything USES",
                        "model.shop.pages USES");
        assertThat(words(of("").cubes())).containsExactly("clicks USES");
    }
}
