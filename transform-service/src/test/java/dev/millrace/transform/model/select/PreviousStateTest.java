package dev.millrace.transform.model.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.transform.model.manifest.Manifest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

class PreviousStateTest {

    private static final Manifest MANIFEST = Shop.shop().manifest();

    private static PreviousState state(String file, String json) throws InvalidSelectionException {
        return PreviousState.of(Map.of(file, json.getBytes(StandardCharsets.UTF_8)), Map.of());
    }

    private static Selection select(PreviousState state, String criterion)
            throws InvalidSelectionException {
        return Selection.of(
                MANIFEST,
                Criteria.of(Command.LS)
                        .indirect(IndirectSelection.EMPTY)
                        .comparedWith(state, null)
                        .select(criterion));
    }

    @Test
    void aRelationIsWhereItWasBuilt() throws Exception {
        PreviousState state =
                PreviousState.of(Map.of("manifest.json", ManifestJson.of(Shop.shop())), Map.of());
        assertThat(state.relation("model.shop.orders"))
                .contains(
                        new PreviousState.BuiltRelation(
                                "warehouse",
                                "analytics",
                                "orders",
                                "\"warehouse\".\"analytics\".\"orders\""));
        assertThat(state.relation("seed.shop.countries")).isPresent();
        assertThat(state.relation("snapshot.shop.orders_history")).isPresent();
        assertThat(state.relation("model.shop.int_sessions")).as("ephemeral").isEmpty();
        assertThat(state.relation("test.shop.no_orphans")).isEmpty();
        assertThat(state.relation("model.shop.missing")).isEmpty();
        assertThat(PreviousState.of(Map.of(), Map.of()).relation("model.shop.orders")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 11, 12})
    void manifestsOfSeveralVersionsAreRead(int version) throws Exception {
        byte[] json = ManifestJson.of(Shop.shop(), version);
        PreviousState state = PreviousState.of(Map.of("manifest.json", json), Map.of());
        assertThat(select(state, "state:modified").ids()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 13})
    void manifestsOfOtherVersionsAreRefused(int version) {
        byte[] json = ManifestJson.of(Shop.shop(), version);
        assertThatThrownBy(() -> PreviousState.of(Map.of("manifest.json", json), Map.of()))
                .isInstanceOf(InvalidSelectionException.class)
                .hasMessageStartingWith("manifest.json: it has version " + version);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "manifest.json | {} | it is no manifest of dbt",
                "manifest.json | [] | it is no JSON object",
                "manifest.json | {\"nodes\": | it cannot be read as JSON",
                "manifest.json | `` | it is no JSON object",
                "run_results.json | {} | it has no list of results",
                "run_results.json | {\"results\": {}} | it has no list of results",
                "sources.json | {\"results\": [{\"unique_id\": \"a\", \"max_loaded_at\": \"x\"}]} |"
                        + " 'x' is no time in max_loaded_at"
            })
    void filesThatAreNoneOfDbtsAreRefused(String file, String json, String message) {
        assertThatThrownBy(() -> state(file, json))
                .isInstanceOf(InvalidSelectionException.class)
                .hasMessageStartingWith(file + ": " + message);
    }

    @Test
    void oddContentsOfAManifestAreNoTrouble() throws Exception {
        String json =
                """
                {"metadata": {"dbt_schema_version": "https://x/manifest/v12.json"},
                 "nodes": {"model.shop.orders": {"config": 3, "columns": [], "fqn": "x",
                   "checksum": null, "raw_code": {"a": 1}, "contract": "no"},
                   "seed.shop.countries": 7},
                 "sources": [], "macros": null, "exposures": {"exposure.shop.dashboard": {}}}
                """;
        PreviousState state = state("manifest.json", json);
        assertThat(select(state, "state:modified,state:old").ids())
                .containsExactlyInAnyOrder(
                        "model.shop.orders", "seed.shop.countries", "exposure.shop.dashboard");
    }

    @Test
    void nestingWithoutEndIsRefused() {
        String json = "{\"nodes\": {\"a\": {\"config\": " + "[".repeat(100_000);
        assertThatThrownBy(() -> state("manifest.json", json))
                .isInstanceOf(InvalidSelectionException.class)
                .hasMessageContaining("depth");
    }

    @Test
    void resultsOfARunSelect() throws Exception {
        String json =
                """
                {"metadata": {"dbt_schema_version": "https://x/run-results/v6.json"},
                 "results": [
                  {"status": "error", "timing": [{"name": "compile"}], "unique_id": "model.shop.orders"},
                  {"status": "skipped", "unique_id": "model.shop.customers", "failures": null},
                  {"status": "fail", "unique_id": "test.shop.no_orphans"},
                  {"status": "success", "unique_id": "model.shop.gone"}],
                 "elapsed_time": 1.5}
                """;
        PreviousState state = state("run_results.json", json);
        assertThat(select(state, "result:error").ids()).containsExactly("model.shop.orders");
        assertThat(select(state, "result:skipped").ids()).containsExactly("model.shop.customers");
        assertThat(select(state, "result:fail").ids()).containsExactly("test.shop.no_orphans");
        assertThat(select(state, "result:error+1,resource_type:model").ids())
                .containsExactlyInAnyOrder("model.shop.orders", "model.shop.customers");
        assertThat(select(state, "result:eror").warnings())
                .singleElement()
                .asString()
                .endsWith("did you mean 'error'?");
    }

    @Test
    void sourcesWithNewerRowsAreFresher() throws Exception {
        String before =
                """
                {"results": [
                  {"unique_id": "source.shop.web.events", "max_loaded_at": "2024-03-01T10:00:00Z"},
                  {"unique_id": "source.shop.web.visits", "max_loaded_at": "2024-03-01T10:00:00+00:00"}]}
                """;
        String now =
                """
                {"results": [
                  {"unique_id": "source.shop.web.events", "max_loaded_at": "2024-03-01T12:30:00+02:00"},
                  {"unique_id": "source.shop.web.visits", "max_loaded_at": "2024-03-01T10:00:00"},
                  {"unique_id": "source.shop.erp.orders", "error": "gone", "status": "runtime error"}]}
                """;
        Map<String, byte[]> old = Map.of("sources.json", before.getBytes(StandardCharsets.UTF_8));
        Map<String, byte[]> current = Map.of("sources.json", now.getBytes(StandardCharsets.UTF_8));
        assertThat(select(PreviousState.of(old, current), "source_status:fresher").ids())
                .containsExactly("source.shop.web.events");
        assertThat(select(PreviousState.of(old, current), "source_status:older").ids()).isEmpty();
        Map<String, byte[]> empty =
                Map.of("sources.json", "{\"results\": []}".getBytes(StandardCharsets.UTF_8));
        assertThat(select(PreviousState.of(empty, current), "source_status:fresher").ids())
                .as("what was never looked at is fresher, what cannot be is not")
                .containsExactlyInAnyOrder("source.shop.web.events", "source.shop.web.visits");
        assertThatThrownBy(() -> select(PreviousState.of(old, Map.of()), "source_status:fresher"))
                .hasMessageContaining("this needs the sources.json of two runs");
    }

    @Test
    void filesAreReadFromDirectories(@TempDir Path directory) throws Exception {
        Path before = Files.createDirectory(directory.resolve("before"));
        Files.write(before.resolve("manifest.json"), ManifestJson.of(Shop.shop()));
        PreviousState state = PreviousState.read(before, directory.resolve("target"));
        assertThat(state.relation("model.shop.orders")).isPresent();
        assertThatThrownBy(() -> select(state, "result:error"))
                .hasMessageContaining("this needs the run_results.json of a run before");
    }

    @Test
    void aSeedThatDbtDidNotHashIsTakenForTheSame() throws Exception {
        String json =
                new String(ManifestJson.of(Shop.shop()), StandardCharsets.UTF_8)
                        .replaceAll(
                                "\\{\"(name\":\"sha256\",\"checksum\":\"[0-9a-f]+"
                                        + "|checksum\":\"[0-9a-f]+\",\"name\":\"sha256)\"\\}",
                                "{\"name\":\"path\",\"checksum\":\"seeds/countries.csv\"}");
        Selection selection = select(state("manifest.json", json), "state:modified");
        assertThat(selection.ids()).isEmpty();
        assertThat(selection.warnings())
                .anyMatch(warning -> warning.startsWith("seed countries: "));
    }
}
