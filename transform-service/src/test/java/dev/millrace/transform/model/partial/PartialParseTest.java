package dev.millrace.transform.model.partial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectListing;
import dev.millrace.transform.model.context.Invocation;
import dev.millrace.transform.model.context.ReadableEnvironment;
import dev.millrace.transform.model.context.Target;
import dev.millrace.transform.model.context.TemplateLog;
import dev.millrace.transform.model.parse.ManifestReader;
import dev.millrace.transform.model.parse.ProjectBasis;
import dev.millrace.transform.model.parse.StreamTables;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

class PartialParseTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(1));

    @TempDir private Path directory = Path.of("");
    private final Map<String, Object> vars = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private String schema = "analytics";
    private String command = "build";
    private String program = "this build";

    @BeforeEach
    void aShop() throws IOException {
        write("dbt_project.yml", "name: shop\nvars: {tax: 19}\n");
        write(
                "macros/price.sql",
                "{% macro price(net) %}{{ net }} * {{ var('tax') }}{% endmacro %}");
        write("seeds/orders.csv", "id,net\n1,10\n");
        write("models/gross.sql", "select {{ price('net') }} as gross from {{ ref('orders') }}");
        write(
                "models/schema.yml",
                "models: [{name: gross, columns: [{name: gross, data_tests: [not_null]}]}]");
    }

    @Test
    void whatHasNotChangedIsTakenOver() {
        ManifestReader.Read kept = keep();

        ManifestReader.Read taken = take().orElseThrow().read();
        assertThat(taken.manifest().nodes().keySet())
                .containsExactlyElementsOf(kept.manifest().nodes().keySet())
                .hasSize(3);
        assertThat(taken.manifest().revision()).isEqualTo(kept.manifest().revision());
        assertThat(taken.manifest().parents("model.shop.gross"))
                .containsExactly("seed.shop.orders");
        assertThat(taken.workspace().root()).isEqualTo(kept.workspace().root());
        assertThat(taken.workspace().macros().all()).hasSameSizeAs(kept.workspace().macros().all());
    }

    @Test
    void aMacroThatWasTakenOverIsTheMacro() {
        keep();

        assertThat(take().orElseThrow().read().workspace().macros().find("price", "shop"))
                .isNotNull()
                .satisfies(
                        macro ->
                                assertThat(macro.definition().parameterNames())
                                        .containsExactly("net"));
    }

    @Test
    void warningsAreToldAgain() throws IOException {
        write("models/schema.yml", "models: [{name: gros}]");
        keep();

        assertThat(take().orElseThrow().warnings())
                .extracting(Problem::message)
                .anyMatch(message -> message.contains("gros"));
    }

    @Test
    void nothingIsTakenOverWhereNothingWasKept() {
        assertThat(take()).isEmpty();
    }

    @Test
    void aFileWithOtherContentIsReadAgain() throws IOException {
        keep();
        write(
                "models/gross.sql",
                "select {{ price('net') }} as total_gross from {{ ref('orders') }}");

        assertThat(take()).isEmpty();
    }

    @Test
    void aFileMoreOrLessIsReadAgain() throws IOException {
        keep();
        write("models/more.sql", "select 1 as one");
        assertThat(take()).isEmpty();
        Files.delete(directory.resolve("models/more.sql"));
        assertThat(take()).isPresent();
        Files.delete(directory.resolve("models/schema.yml"));
        assertThat(take()).isEmpty();
    }

    @Test
    void contentOfTheSameSizeIsFoundByItsTime() throws IOException {
        keep();
        Path model = directory.resolve("models/gross.sql");
        Files.writeString(model, Files.readString(model).replace("orders", "ordres"));
        Files.setLastModifiedTime(model, FileTime.from(LONG_AGO.plusMillis(1)));

        assertThat(take()).isEmpty();
    }

    @Test
    void aFileThatWasWrittenJustWhenItWasListedIsLookedInto() throws IOException {
        Path model = directory.resolve("models/gross.sql");
        FileTime justNow = FileTime.from(NOW.minusMillis(100));
        Files.setLastModifiedTime(model, justNow);
        keep();
        assertThat(take()).isPresent();
        Files.writeString(model, Files.readString(model).replace("orders", "ordres"));
        Files.setLastModifiedTime(model, justNow);

        assertThat(take()).isEmpty();
    }

    @Test
    void filesThatWereOnlyTouchedAreTakenOverAndNotLookedIntoAgain() throws IOException {
        keep();
        Path seed = directory.resolve("seeds/orders.csv");
        Files.setLastModifiedTime(seed, FileTime.from(LONG_AGO.plusSeconds(60)));
        assertThat(take()).isPresent();
        // Nothing but the stamps can tell now that this is the same.
        Files.writeString(seed, Files.readString(seed).replace("10", "11"));
        Files.setLastModifiedTime(seed, FileTime.from(LONG_AGO.plusSeconds(60)));

        assertThat(take()).isPresent();
    }

    @Test
    void anotherVariableTargetOrBuildOfMillraceReadsAgain() {
        keep();
        vars.put("tax", 7);
        assertThat(take()).isEmpty();
        vars.clear();
        schema = "elsewhere";
        assertThat(take()).isEmpty();
        schema = "analytics";
        program = "another build";
        assertThat(take()).isEmpty();
        program = "this build";
        assertThat(take()).isPresent();
    }

    @Test
    void onlyVariablesOfTheEnvironmentThatWereReadMatter() throws IOException {
        write("models/gross.sql", "select '{{ env_var(\"DBT_PLACE\", \"here\") }}' as place");
        environment.put("DBT_OTHER", "a");
        keep();
        environment.put("DBT_OTHER", "b");
        assertThat(take()).isPresent();
        environment.put("DBT_PLACE", "there");
        assertThat(take()).isEmpty();
    }

    @Test
    void valuesOfTheEnvironmentAreNotWrittenDown() throws IOException {
        write("models/gross.sql", "select '{{ env_var(\"DBT_PLACE\") }}' as place");
        environment.put("DBT_PLACE", "behind-the-mountain");
        keep();

        assertThat(Files.readString(kept(), java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("DBT_PLACE")
                .doesNotContain("behind-the-mountain");
    }

    @Test
    void anotherCommandReadsAgainOnlyWhatAsksForIt() throws IOException {
        keep();
        command = "run";
        assertThat(take()).isPresent();
        write("models/gross.sql", "{{ config(enabled=flags.WHICH != 'test') }} select 1 as one");
        keep();
        assertThat(take()).isPresent();
        command = "test";
        assertThat(take()).isEmpty();
    }

    @Test
    void whatDependsOnTheTimeIsReadEachTime() throws IOException {
        for (String moment :
                Set.of(
                        "run_started_at.year",
                        "modules.datetime.datetime.now().year",
                        "invocation_id")) {
            Files.deleteIfExists(kept());
            write("models/gross.sql", "select '{{ " + moment + " }}' as moment");
            keep();

            assertThat(take()).as(moment).isEmpty();
        }
    }

    @Test
    void aFileThatIsDamagedIsAsGoodAsNone() throws IOException {
        keep();
        byte[] bytes = Files.readAllBytes(kept());
        for (int place = 0; place < bytes.length; place += 97) {
            byte[] damaged = bytes.clone();
            damaged[place] ^= 1;
            Files.write(kept(), damaged);
            assertThat(take()).as("byte " + place).isEmpty();
        }
        Files.write(kept(), java.util.Arrays.copyOf(bytes, bytes.length / 2));
        assertThat(take()).isEmpty();
        Files.write(kept(), new byte[0]);
        assertThat(take()).isEmpty();
    }

    @Test
    void aFileThatIsGoneWhileItIsComparedCountsAsChanged() throws IOException {
        keep();
        write("seeds/orders.csv", "id,net\n1,11\n2,22\n");
        PartialParse.Present present = present();
        Files.delete(directory.resolve("seeds/orders.csv"));

        assertThat(new PartialParse(kept(), program).take(present)).isEmpty();
    }

    @Test
    void whatWasReadAfterAFileWasWrittenIsWhatIsKept() throws IOException {
        PartialParse.Present before = present();
        write("models/gross.sql", "select 1 as a_longer_name_than_before");
        keep(before);

        assertThat(take().orElseThrow().read().manifest().nodes().get("model.shop.gross"))
                .isNotNull()
                .satisfies(node -> assertThat(node.code()).contains("a_longer_name"));
    }

    @Test
    void anotherFileInThePlaceOfOneIsLookedIntoWhateverItsTime() throws IOException {
        keep();
        Path model = directory.resolve("models/gross.sql");
        Path other = directory.resolve("unpacked");
        Files.writeString(other, Files.readString(model).replace("orders", "ordres"));
        Files.setLastModifiedTime(other, FileTime.from(LONG_AGO));
        Files.move(other, model, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertThat(take()).isEmpty();
    }

    @Test
    void variablesOfAKindThatCannotBeKeptAreReadEachTime() {
        keep();
        vars.put("day", LocalDate.EPOCH);
        assertThat(take()).isEmpty();
        keep();

        assertThat(take()).isEmpty();
        vars.clear();
        assertThat(take()).isPresent();
    }

    @Test
    void aPlaceThatCannotBeWrittenToIsNoMistake() throws IOException {
        Files.writeString(directory.resolve("target"), "a file where a directory should be");
        keep();

        assertThat(take()).isEmpty();
    }

    @Test
    void whatHasMistakesIsNotTakenForWhatWasKept() throws IOException {
        keep();
        write("models/gross.sql", "select {{ price( }}");

        assertThat(take()).isEmpty();
    }

    private ManifestReader.Read keep() {
        return keep(present());
    }

    private ManifestReader.Read keep(PartialParse.Present present) {
        Problems problems = new Problems();
        ManifestReader.Read read =
                new ManifestReader(present.files(), present.basis(), StreamTables.NONE, problems)
                        .read()
                        .orElseThrow();
        assertThat(problems.list()).isEmpty();
        new PartialParse(kept(), program)
                .keep(present, new PartialParse.Taken(read, problems.warnings()));
        return read;
    }

    private Optional<PartialParse.Taken> take() {
        return new PartialParse(kept(), program).take(present());
    }

    private Path kept() {
        return directory.resolve("target/kept");
    }

    private PartialParse.Present present() {
        try {
            ProjectListing listing = ProjectListing.of(directory);
            return new PartialParse.Present(
                    listing,
                    NOW,
                    ProjectFiles.later(listing),
                    new ProjectBasis(
                            new Target("dev", "shop", "warehouse", schema, 4, Map.of("user", "me")),
                            Invocation.of("run-1", NOW, command).with(vars),
                            ReadableEnvironment.ofUser(Environment.of(environment)),
                            Clock.fixed(NOW, ZoneOffset.UTC),
                            new Silence()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void write(String path, String text) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(LONG_AGO));
    }

    private static final class Silence implements TemplateLog {

        @Override
        public void say(String file, String message, boolean shown) {}

        @Override
        public void warn(String file, String message) {}
    }
}
