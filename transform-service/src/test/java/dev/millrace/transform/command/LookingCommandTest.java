package dev.millrace.transform.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Files;
import java.nio.file.Path;

/** parse, ls, compile, show, docs, debug, source freshness: commands that change no relation. */
class LookingCommandTest {

    @TempDir private Path directory = Path.of("");
    private CommandStage shop = new CommandStage(Path.of("build"));

    @BeforeEach
    void aShop() {
        shop = new CommandStage(directory).shop();
    }

    @Test
    void parseWritesTheManifestAndTouchesNoWarehouse() {
        assertThat(
                        shop.plainly(
                                "parse",
                                "--project",
                                directory.toString(),
                                "--url",
                                "postgresql://nobody@127.0.0.1:1/nowhere"))
                .isZero();
        assertThat(shop.artifact("manifest.json").path("nodes").size()).isEqualTo(5);
    }

    @Test
    void aProjectThatHasNotChangedIsNotReadAgain() {
        shop.run("parse");
        assertThat(shop.lines()).anyMatch(line -> line.startsWith("Read in "));
        JsonNode nodes = shop.artifact("manifest.json").path("nodes");
        shop.run("parse");
        assertThat(shop.lines())
                .anyMatch(line -> line.startsWith("Nothing has changed since it was last read"));
        assertThat(withoutTimes(shop.artifact("manifest.json").path("nodes")))
                .isEqualTo(withoutTimes(nodes));
        shop.run("parse", "--no-partial-parse");
        assertThat(shop.lines()).anyMatch(line -> line.startsWith("Read in "));
        shop.program("built anew").run("parse");
        assertThat(shop.lines()).anyMatch(line -> line.startsWith("Read in "));
    }

    @Test
    void aProjectThatWantsToIsReadEachTime() {
        shop.file("dbt_project.yml", "name: shop\nprofile: shop\nflags: {partial_parse: false}\n");
        shop.run("parse");
        shop.run("parse");

        assertThat(shop.lines()).anyMatch(line -> line.startsWith("Read in "));
        assertThat(directory.resolve("target/partial_parse.millrace")).doesNotExist();
    }

    @Test
    void aChangeBetweenTwoCommandsIsSeen() {
        shop.run("build");
        assertThat(shop.value("select total from analytics.revenue")).isEqualTo("60");
        shop.file(
                "models/revenue.sql",
                "{{ config(materialized='table') }}\n"
                        + "select max(amount) as total from {{ ref('stg_orders') }}");

        assertThat(shop.run("build")).isZero();
        assertThat(shop.value("select total from analytics.revenue")).isEqualTo("30");
        assertThat(shop.run("build")).isZero();
        assertThat(shop.value("select total from analytics.revenue")).isEqualTo("30");
    }

    @Test
    void artifactsWithinTheProjectAreNoChangeOfIt() {
        shop.run("parse", "--target-path", "out");
        shop.run("parse", "--target-path", "out");

        assertThat(shop.lines())
                .anyMatch(line -> line.startsWith("Nothing has changed since it was last read"));
    }

    @Test
    void artifactsBesideModelsTakeNoModelAway() {
        shop.run("parse", "--target-path", "models");
        int nodes = shop.lines().size();
        shop.run("parse", "--target-path", "models");

        assertThat(shop.lines()).hasSize(nodes).anyMatch(line -> line.contains("2 models"));
    }

    @Test
    void aSourceWhoseNameIsThatOfAVariableIsReadAgainWhenThatChanges() {
        shop.file(
                        "sources/clicks.yml",
                        """
                        sources:
                          - name: ${PLACE}
                            type: kafka
                            owner: shop@shop.example
                            streams: [{name: click, topic: shop.clicks}]
                        """)
                .file("models/clicks.sql", "select * from {{ source('here', 'click') }}")
                .variable("PLACE", "here");
        assertThat(shop.run("parse")).as(shop.err()).isZero();
        shop.variable("PLACE", "there");

        assertThat(shop.run("parse")).isEqualTo(2);
        assertThat(shop.err()).contains("there is no source 'here'");
    }

    private static String withoutTimes(JsonNode nodes) {
        return nodes.toString().replaceAll("\"created_at\":[0-9.E]+", "");
    }

    @Test
    void lsListsSelectorsNamesPathsAndJson() {
        assertThat(shop.run("ls", "--quiet")).isZero();
        assertThat(shop.out().lines())
                .contains("shop.revenue", "shop.stg_orders", "shop.raw_orders");
        shop.run("ls", "--quiet", "--output", "path", "--resource-type", "model");
        assertThat(shop.out().lines())
                .containsExactlyInAnyOrder("models/revenue.sql", "models/stg_orders.sql");
        shop.run("ls", "-q", "-s", "revenue", "--output", "json", "--output-keys", "name", "alias");
        assertThat(shop.out().strip()).isEqualTo("{\"name\":\"revenue\",\"alias\":\"revenue\"}");
        assertThat(shop.run("ls", "--output", "xml")).isEqualTo(2);
    }

    @Test
    void compileShowsTheSqlOfOneNode() {
        shop.run("seed");
        assertThat(shop.run("compile", "--select", "stg_orders")).isZero();
        assertThat(shop.out()).contains("\"analytics\".\"raw_orders\"");
        assertThat(directory.resolve("target/compiled/shop/models/stg_orders.sql")).exists();
        assertThat(shop.run("compile", "--inline", "select * from {{ ref('stg_orders') }}", "-q"))
                .isZero();
        assertThat(shop.out().strip())
                .startsWith("select * from ")
                .endsWith("\"analytics\".\"stg_orders\"");
    }

    @Test
    void showRunsAQueryAndShowsItsFirstRows() {
        shop.run("build");
        assertThat(shop.run("show", "-q", "--select", "stg_orders", "--limit", "2")).isZero();
        assertThat(shop.out())
                .isEqualTo(
                        """
                        | id | amount |
                        | -- | ------ |
                        | 1  | 10     |
                        | 2  | 20     |
                        """);
        shop.run("show", "-q", "--output", "csv", "--inline", "select 'a,b' as x, null as y");
        assertThat(shop.out()).isEqualTo("x,y\n\"a,b\",\n");
        assertThat(shop.run("show")).isEqualTo(2);
    }

    @Test
    void docsDescribeTheWarehouse() {
        shop.run("build");
        assertThat(shop.run("docs generate")).isZero();
        assertThat(
                        shop.artifact("catalog.json")
                                .path("nodes")
                                .path("model.shop.revenue")
                                .path("columns")
                                .path("total")
                                .path("type")
                                .asString(""))
                .isEqualTo("bigint");
    }

    @Test
    void debugTellsWhatItReached() {
        assertThat(shop.run("debug")).isZero();
        assertThat(shop.out()).contains("Connection: OK").contains("All checks passed!");
        assertThat(
                        shop.plainly(
                                "debug",
                                "--project",
                                directory.toString(),
                                "--url",
                                "postgresql://nobody:hush@127.0.0.1:1/nowhere"))
                .isEqualTo(1);
        assertThat(shop.out()).contains("Connection: failed").doesNotContain("hush");
    }

    @Test
    void sourcesTellTheirAge() {
        shop.file(
                "models/sources.yml",
                """
                sources:
                  - name: raw
                    schema: raw
                    loaded_at_field: at
                    freshness:
                      warn_after: {count: 1, period: hour}
                      error_after: {count: 1, period: day}
                    tables: [{name: young}, {name: old}, {name: gone}]
                """);
        shop.execute(
                """
                create schema raw;
                create table raw.young as select now() as at;
                create table raw.old as select now() - interval '3 days' as at;
                """);
        assertThat(shop.run("source freshness")).isEqualTo(1);
        assertThat(shop.out())
                .contains("PASS freshness of raw.young")
                .contains("ERROR STALE freshness of raw.old, 3 d")
                .contains("ERROR freshness of raw.gone");
        assertThat(shop.artifact("sources.json").path("results")).hasSize(3);
        assertThat(shop.run("source freshness", "--select", "source:raw.young")).isZero();
    }

    @Test
    void aMacroRunsByItself() {
        shop.file(
                "macros/grant.sql",
                "{% macro note(what) %}{% do run_query(\"create table public_note as select '\" ~"
                        + " what ~ \"' as what\") %}{% endmacro %}");
        shop.file(
                "macros/grant.sql",
                """
                {% macro note(what) %}
                  {% do run_query("create schema if not exists notes") %}
                  {% do run_query("create table notes.note as select '" ~ what ~ "' as what") %}
                  {{ return('noted ' ~ what) }}
                {% endmacro %}
                """);
        assertThat(shop.run("run-operation note", "--args", "{what: milk}")).isZero();
        assertThat(shop.out()).contains("noted milk");
        assertThat(shop.value("select what from notes.note")).isEqualTo("milk");
        assertThat(shop.run("run-operation noet")).isEqualTo(1);
        assertThat(shop.out()).contains("noet");
        assertThat(shop.run("run-operation note", "--args", "milk")).isEqualTo(2);
    }

    @Test
    void packagesAreInstalledFromADirectory() throws Exception {
        shop.file("packages.yml", "packages:\n  - local: ../helpers\n");
        Path helpers = directory.resolveSibling(directory.getFileName() + "-helpers");
        Files.createDirectories(helpers.resolve("macros"));
        Files.writeString(helpers.resolve("dbt_project.yml"), "name: helpers\n");
        Files.writeString(helpers.resolve("macros/two.sql"), "{% macro two() %}2{% endmacro %}");
        shop.file("packages.yml", "packages:\n  - local: ../" + helpers.getFileName() + "\n");
        assertThat(shop.plainly("deps", "--project", directory.toString())).isZero();
        assertThat(shop.out()).contains("Installed helpers");
        shop.file("models/revenue.sql", "select {{ helpers.two() }} as total");
        assertThat(shop.run("build")).isZero();
        assertThat(shop.value("select total from analytics.revenue")).isEqualTo("2");
    }

    @Test
    void cleanDeletesWhatTheProjectNamesAndNothingOutsideOfIt() throws Exception {
        shop.run("parse");
        assertThat(shop.plainly("clean", "--project", directory.toString())).isZero();
        assertThat(directory.resolve("target")).doesNotExist();
        Path outside =
                Files.createDirectory(directory.resolveSibling(directory.getFileName() + "-x"));
        shop.file(
                "dbt_project.yml",
                "name: shop\nclean-targets: [\"../" + outside.getFileName() + "\"]\n");
        assertThat(shop.plainly("clean", "--project", directory.toString())).isEqualTo(2);
        assertThat(shop.err()).contains("not within the project");
        assertThat(outside).exists();
    }
}
