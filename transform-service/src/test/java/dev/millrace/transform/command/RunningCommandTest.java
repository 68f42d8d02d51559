package dev.millrace.transform.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** build, run, test, seed, retry: commands that carry out nodes. */
class RunningCommandTest {

    @TempDir private Path directory = Path.of("");
    private CommandStage shop = new CommandStage(Path.of("build"));

    @BeforeEach
    void aShop() {
        shop = new CommandStage(directory).shop();
    }

    @Test
    void aBuildTellsEachNodeAndEndsWithDbtsSummary() {
        assertThat(shop.run("build")).isZero();
        assertThat(shop.out())
                .contains("Found ", "2 models", "2 data tests", "1 seed")
                .containsPattern("1 of 5 OK loaded seed file analytics.raw_orders \\.+ \\[INSERT 3")
                .containsPattern("OK created sql view model analytics.stg_orders \\.+ \\[CREATE V")
                .containsPattern("PASS unique_stg_orders_id \\.+ \\[PASS in \\d")
                .contains("Completed successfully")
                .contains("Done. PASS=5 WARN=0 ERROR=0 SKIP=0 TOTAL=5");
        assertThat(shop.value("select total from analytics.revenue")).isEqualTo("60");
        assertThat(shop.err()).isEmpty();
    }

    @Test
    void aBuildLeavesDbtsArtifacts() {
        shop.run("build");
        JsonNode results = shop.artifact("run_results.json");
        assertThat(results.path("metadata").path("dbt_schema_version").asString(""))
                .endsWith("run-results/v6.json");
        assertThat(results.path("results")).hasSize(5);
        assertThat(results.path("args").path("which").asString("")).isEqualTo("build");
        JsonNode model = shop.artifact("manifest.json").path("nodes").path("model.shop.revenue");
        assertThat(model.path("compiled_code").asString("")).contains("sum(amount)");
        assertThat(directory.resolve("target/compiled/shop/models/revenue.sql"))
                .content()
                .contains("stg_orders");
    }

    @Test
    void aFailedModelSkipsWhatReadsItAndEndsWith1() {
        shop.file(
                "models/stg_orders.sql",
                "select id, amountt as amount from {{ ref('raw_orders') }}");
        assertThat(shop.run("build")).isEqualTo(1);
        assertThat(shop.out())
                .containsPattern("ERROR sql view model analytics.stg_orders \\.+ \\[ERROR in")
                .containsPattern("SKIP sql table model analytics.revenue \\.+ \\[SKIP]")
                .contains("Completed with 1 error and 0 warnings")
                .contains("models/stg_orders.sql:1:12", "amountt")
                .contains("Done. PASS=1 WARN=0 ERROR=1 SKIP=3 TOTAL=5");
    }

    @Test
    void aFailedTestStopsABuildButNotATestRun() {
        shop.file("seeds/raw_orders.csv", "id,amount\n1,10\n1,20\n");
        assertThat(shop.run("build")).isEqualTo(1);
        assertThat(shop.out())
                .containsPattern("FAIL 1 unique_stg_orders_id \\.+ \\[FAIL 1 in")
                .contains("SKIP sql table model analytics.revenue");
        assertThat(shop.run("run")).isZero();
        assertThat(shop.value("select total from analytics.revenue")).isEqualTo("30");
        assertThat(shop.run("test")).isEqualTo(1);
        assertThat(shop.out()).contains("Done. PASS=1 WARN=0 ERROR=1 SKIP=0 TOTAL=2");
    }

    @Test
    void retryDoesAgainWhatFailedOrWasSkippedAndNothingElse() {
        shop.file(
                "models/stg_orders.sql",
                "select id, amountt as amount from {{ ref('raw_orders') }}");
        shop.run("build");
        shop.file("models/stg_orders.sql", "select id, amount from {{ ref('raw_orders') }}");
        assertThat(shop.run("retry")).isZero();
        assertThat(shop.out())
                .doesNotContain("raw_orders")
                .contains("Done. PASS=4 WARN=0 ERROR=0 SKIP=0 TOTAL=4");
        assertThat(shop.run("retry")).isZero();
        assertThat(shop.out()).contains("Nothing to do");
    }

    @Test
    void retryNeedsARun() {
        assertThat(shop.run("retry")).isEqualTo(2);
        assertThat(shop.err()).contains("run_results.json").contains("run build first");
    }

    @Test
    void commandsAreAboutWhatIsSelected() {
        assertThat(shop.run("seed")).isZero();
        assertThat(shop.run("run", "--select", "+revenue", "--exclude", "revenue")).isZero();
        assertThat(shop.out()).contains("TOTAL=1").contains("analytics.stg_orders");
        assertThat(shop.run("build", "--resource-type", "test")).isZero();
        assertThat(shop.out()).contains("TOTAL=2");
    }

    @Test
    void aSelectionOfNothingIsToldAndIsNoFailure() {
        assertThat(shop.run("run", "--select", "revenu")).isZero();
        assertThat(shop.out()).contains("[WARNING]").contains("revenu").contains("Nothing to do");
    }

    @Test
    void aProjectWithMistakesIsNotBegun() {
        shop.file("models/broken.sql", "select * from {{ ref('nowhere') }} {% if %}");
        assertThat(shop.run("build")).isEqualTo(2);
        assertThat(shop.err()).contains("models/broken.sql:1:").contains("nothing was done");
    }

    @Test
    void hooksOfTheProjectRunBeforeAndAfter() {
        shop.file(
                "dbt_project.yml",
                """
                name: shop
                profile: shop
                on-run-start: "create table if not exists public_log (what text)"
                on-run-end: "insert into public_log values ('{{ results | length }} done')"
                """);
        shop.execute("create schema if not exists hooks");
        shop.file(
                "dbt_project.yml",
                """
                name: shop
                profile: shop
                on-run-start: "create table if not exists hooks.log (what text)"
                on-run-end: "insert into hooks.log values ('{{ results | length }} done')"
                """);
        assertThat(shop.run("build")).isZero();
        assertThat(shop.out()).contains("ran hook shop-on-run-start-0");
        // The hook at the start is one of them.
        assertThat(shop.value("select what from hooks.log")).isEqualTo("6 done");
    }

    @Test
    void aHookThatFailsAtTheStartSkipsEverything() {
        shop.file(
                "dbt_project.yml",
                "name: shop\nprofile: shop\non-run-start: select * from nowhere\n");
        assertThat(shop.run("build")).isEqualTo(1);
        assertThat(shop.out()).contains("nowhere").contains("SKIP=5");
    }

    @Test
    void failFastStopsAtTheFirstFailure() {
        shop.file("models/a_first.sql", "{{ config(materialized='table') }} select 1 / 0 as x");
        assertThat(shop.run("build", "--fail-fast", "--threads", "1")).isEqualTo(1);
        assertThat(shop.out()).contains("division by zero").contains("CANCEL");
    }

    @Test
    void emptyBuildsWithoutRows() {
        assertThat(shop.run("seed")).isZero();
        assertThat(shop.run("run", "--empty")).isZero();
        assertThat(shop.value("select count(*) from analytics.stg_orders")).isEqualTo("0");
    }

    @Test
    void storedFailuresCanBeLookedAt() {
        shop.file("seeds/raw_orders.csv", "id,amount\n1,10\n1,20\n");
        assertThat(shop.run("build", "--store-failures")).isEqualTo(1);
        assertThat(
                        shop.value(
                                "select n_records from"
                                        + " analytics_dbt_test__audit.unique_stg_orders_id"))
                .isEqualTo("2");
    }

    @Test
    void varsReachTheModels() {
        shop.file("models/revenue.sql", "select {{ var('days', 1) }} as total");
        assertThat(shop.run("build", "--vars", "{days: 7}")).isZero();
        assertThat(shop.value("select total from analytics.revenue")).isEqualTo("7");
        assertThat(shop.run("build", "--vars", "days")).isEqualTo(2);
        assertThat(shop.err()).contains("--vars is a mapping");
    }

    @Test
    void whatIsNotBuiltHereIsReadWhereTheStateBuiltIt() throws Exception {
        shop.run("build", "--schema", "prod");
        Path state = directory.resolve("state");
        Files.createDirectory(state);
        Files.copy(directory.resolve("target/manifest.json"), state.resolve("manifest.json"));
        assertThat(
                        shop.run(
                                "run",
                                "--schema",
                                "dev",
                                "--select",
                                "revenue",
                                "--defer",
                                "--state",
                                state.toString()))
                .isZero();
        assertThat(shop.value("select total from dev.revenue")).isEqualTo("60");
        shop.file("models/revenue.sql", "select max(amount) as total from {{ ref('stg_orders') }}");
        assertThat(shop.run("ls", "--select", "state:modified", "--state", state.toString()))
                .isZero();
        assertThat(shop.lines()).contains("shop.revenue").doesNotContain("shop.stg_orders");
    }

    @Test
    void deferralNeedsAState() {
        assertThat(shop.run("run", "--defer")).isEqualTo(2);
        assertThat(shop.err()).contains("--state");
    }

    @Test
    void aCloneIsAViewOfWhatTheStateBuilt() {
        shop.run("build", "--schema", "prod");
        assertThat(
                        shop.run(
                                "clone",
                                "--schema",
                                "dev",
                                "--state",
                                directory.resolve("target").toString(),
                                "--target-path",
                                "clone-target"))
                .isZero();
        assertThat(shop.value("select total from dev.revenue")).isEqualTo("60");
    }

    @Test
    void twoBuildsAtOnceBothEndWell() throws Exception {
        CommandStage other = shop;
        Thread thread = Thread.ofVirtual().start(() -> other.run("seed"));
        thread.join();
        List<Integer> codes =
                List.of(1, 2).parallelStream()
                        .map(i -> new ProcessLine(shop).run("run", "--target-path", "target" + i))
                        .toList();
        assertThat(codes).containsOnly(0);
        assertThat(shop.value("select total from analytics.revenue")).isEqualTo("60");
    }

    /** A command line of its own on the same stage, as its output is not the stage's. */
    private record ProcessLine(CommandStage stage) {

        int run(String... arguments) {
            picocli.CommandLine line = new picocli.CommandLine(new Root());
            ModelsApplication.addTo(line, new Nothing());
            line.setOut(new java.io.PrintWriter(java.io.Writer.nullWriter()));
            List<String> all = new java.util.ArrayList<>(List.of(arguments));
            all.addAll(List.of("--project", stage.directory.toString(), "--url", stage.url()));
            return line.execute(all.toArray(String[]::new));
        }
    }

    @picocli.CommandLine.Command(name = "millrace")
    private static final class Root {}

    private static final class Nothing implements RunningStack {

        @Override
        public java.util.Optional<Warehouse> warehouse(
                @org.jspecify.annotations.Nullable Path data) {
            return java.util.Optional.empty();
        }

        @Override
        public boolean build(BuildRequest request, java.io.PrintWriter out) {
            return false;
        }
    }
}
