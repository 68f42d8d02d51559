package dev.millrace.contracts.project;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.ProjectLoader.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Map;

class ProjectLoaderTest {

    private static final String WEB =
            "sources: [{name: web, type: segment, write_key: \"${KEY}\"}]";

    @Test
    void aProjectAsItIsMeantHasNoWarnings() throws InvalidProjectException {
        assertThat(
                        project()
                                .with("dbt_project.yml", "name: shop")
                                .with("model/cubes/a.yml", "cubes: []")
                                .with("models/a.yml", "models: []")
                                .with("alerts/a.yml", "alerts: []")
                                .with("seeds/a.yml", "seeds: []")
                                .with("macros/a.yml", "macros: []")
                                .with("packages/readme.md", "x")
                                .with("mkdocs.yml", "x: 1")
                                .warnings())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    source/a.yml      | nothing reads the folder 'source'; did you mean 'sources'?
                    Sources/b/a.yaml  | nothing reads the folder 'Sources'; did you mean 'sources'?
                    modles/a.yml      | nothing reads the folder 'modles'; did you mean 'models'?
                    alert/a.yml       | nothing reads the folder 'alert'; did you mean 'alerts'?
                    cubes/a.yml       | nothing reads the folder 'cubes'; did you mean 'model/cubes'?
                    views/a.yml       | nothing reads the folder 'views'; did you mean 'model/views'?
                    deployment/a.yml  | nothing reads the folder 'deployment'; Millrace reads sources/, contracts/, model/, alerts/ and dbt's own
                    schedules/a.yml   | schedules/ is not offered by this version, which leaves out what stands there: 1 file
                    features/a.yml    | features/ is not offered by this version, which leaves out what stands there: 1 file
                    syncs/a.yml       | syncs/ is not offered by this version, which leaves out what stands there: 1 file
                    """)
    void aFolderThatNobodyReadsIsTold(String path, String message) throws InvalidProjectException {
        assertThat(project().with(path, "x: [").warnings())
                .containsExactly(path + ":1:1: " + message);
    }

    @Test
    void aFolderIsToldOnceWithTheNumberOfItsFiles() throws InvalidProjectException {
        assertThat(
                        project()
                                .with("syncs/a.yml", "")
                                .with("syncs/b/c.yaml", "")
                                .with("syncs/d.sql", "")
                                .warnings())
                .singleElement()
                .asString()
                .startsWith("syncs/a.yml:1:1: ")
                .endsWith("2 files");
    }

    @Test
    void foldersThatDbtsProjectFileNamesAreRead() throws InvalidProjectException {
        assertThat(
                        project()
                                .with(
                                        "dbt_project.yml",
                                        "{name: shop, model-paths: [./transform/models],"
                                                + " macro-paths: extra, asset-paths: [pictures]}")
                                .with("transform/models/a.yml", "models: []")
                                .with("extra/a.yml", "macros: []")
                                .with("pictures/a.yml", "")
                                .warnings())
                .isEmpty();
    }

    @Test
    void theServiceThatReadsNoModelsKnowsDbtsFoldersAsWell() throws InvalidProjectException {
        assertThat(
                        project()
                                .readBy(Kind.SOURCES)
                                .with("dbt_project.yml", "{name: [, model-paths: x")
                                .with("models/a.yml", "nonsense: [")
                                .warnings())
                .isEmpty();
    }

    @Test
    void aProjectWithoutASourceIsTold() throws InvalidProjectException {
        String message =
                "sources:1:1: the project has no source, so that no data comes in; describe one in"
                        + " sources/<name>.yml";

        assertThat(WrittenProject.of("dbt_project.yml", "name: shop").warnings())
                .containsExactly(message);
        assertThat(WrittenProject.of("sources/a.yml", "sources: []").warnings())
                .containsExactly(message);
    }

    @Test
    void aServiceThatReadsNoSourcesDoesNotMissThem() throws InvalidProjectException {
        assertThat(WrittenProject.of("a.md", "").readBy(Kind.CUBES).warnings()).isEmpty();
    }

    @Test
    void warningsStopNobody() throws InvalidProjectException {
        Project project = project().with("source/a.yml", "").load();

        assertThat(project.sources()).hasSize(1);
        assertThat(project.warnings()).hasSize(1);
    }

    @Test
    void mistakesOfAllKindsOfFileAreToldTogetherInOrder() {
        assertThat(
                        WrittenProject.of("sources/a.yml", "sorces: []")
                                .with("model/cubes/a.yml", "cube: []")
                                .with("model/cubes/b.yml", "[")
                                .mistakes())
                .extracting(mistake -> mistake.substring(0, mistake.indexOf(": ")))
                .containsExactly(
                        "model/cubes/a.yml:1:1", "model/cubes/b.yml:1:2", "sources/a.yml:1:1");
    }

    @Test
    void theExceptionTellsEveryMistakeOnALineOfItsOwn() {
        InvalidProjectException invalid =
                new InvalidProjectException(
                        List.of(
                                new Problem(new Position("a.yml", 1, 2), "one"),
                                new Problem(new Position("b.yml", 3, 4), "two")));

        assertThat(invalid).hasMessage("the project has mistakes:\na.yml:1:2: one\nb.yml:3:4: two");
        assertThat(invalid.problems()).hasSize(2);
    }

    @Test
    void aProjectIsItsFilesRevision() throws InvalidProjectException {
        Project project = project().load();

        assertThat(project.revision()).isEqualTo(project.files().revision());
        assertThat(project.source("nobody")).isEmpty();
        assertThat(new Project(project.files(), List.of(), project.cubes()))
                .extracting(Project::warnings)
                .isEqualTo(List.of());
    }

    private static WrittenProject project() {
        return WrittenProject.of("sources/web.yml", WEB).in(Map.of("KEY", "k"));
    }
}
