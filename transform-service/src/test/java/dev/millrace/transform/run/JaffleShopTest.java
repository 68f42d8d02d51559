package dev.millrace.transform.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.millrace.contracts.event.RunChanged.State;
import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Project;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectLoader;
import dev.millrace.contracts.project.ProjectLoader.Kind;
import dev.millrace.contracts.warehouse.Role;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * dbt Labs' first example, against what dbt-core 1.8.9 made of it. Nobody's code is kept here:
 * check out github.com/dbt-labs/jaffle_shop at b0b77aac, name its directory in JAFFLE_SHOP, and
 * that of dbt's answers (relations.json) in JAFFLE_SHOP_EXPECTED.
 */
class JaffleShopTest {

    private static final Path PROJECT = Path.of(setting("JAFFLE_SHOP", "absent"));
    private static final Path EXPECTED =
            Path.of(
                    setting(
                            "JAFFLE_SHOP_EXPECTED",
                            "../../shared/corpora/dbt-expected/jaffle_shop_classic"));

    @Test
    void everyRelationIsWhatDbtMakesOfIt() throws Exception {
        assumeThat(PROJECT.resolve("dbt_project.yml")).as("a checkout in JAFFLE_SHOP").exists();
        assumeThat(EXPECTED.resolve("relations.json")).as("dbt's answers").exists();
        Project project =
                new ProjectLoader(Environment.of(Map.of()), Set.of(Kind.SOURCES))
                        .load(ProjectFiles.read(PROJECT));
        JsonNode expected =
                JsonMapper.builder()
                        .build()
                        .readTree(Files.readString(EXPECTED.resolve("relations.json")));

        try (RunStage stage = RunStage.on(RunStage.warehouse(), project)) {
            RunRecord run = stage.run("");

            assertThat(run.state()).isEqualTo(State.SUCCEEDED);
            assertThat(stage.history().nodes(run.id())).hasSize(expected.size());
            for (RunRecord.NodeRecord node : stage.history().nodes(run.id())) {
                JsonNode of = expected.get(node.node());
                assertThat(of).as(node.node()).isNotNull();
                String relation = String.valueOf(node.relation());
                assertThat(stage.query(Role.READER, "select count(*) from " + relation))
                        .as(node.node())
                        .containsExactly(of.get("rows").asString());
                assertThat(
                                stage.query(
                                        Role.READER,
                                        "select md5(coalesce(string_agg(h, '' order by h), ''))"
                                                + " from (select md5(t::text) h from "
                                                + relation
                                                + " t) x"))
                        .as(node.node())
                        .containsExactly(of.get("md5").asString());
                assertThat(
                                stage.query(
                                        Role.MODELS,
                                        "select string_agg(attname || ' ' || format_type(atttypid,"
                                            + " atttypmod), ', ' order by attnum) from pg_attribute"
                                            + " where attnum > 0 and not attisdropped and attrelid"
                                            + " = '"
                                                + relation
                                                + "'::regclass"))
                        .as(node.node())
                        .containsExactly(of.get("columns").asString());
            }
        }
    }

    private static String setting(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null ? otherwise : value;
    }
}
