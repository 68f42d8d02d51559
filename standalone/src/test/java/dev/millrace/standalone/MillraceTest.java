package dev.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

class MillraceTest {

    @TempDir private Path directory;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void helpNamesEveryCommand() {
        assertThat(run("help")).isZero();
        assertThat(out.toString())
                .contains("up", "demo", "env", "psql", "validate", "build", "help")
                .contains("Usage: millrace");
    }

    @Test
    void helpExplainsOneCommand() {
        assertThat(run("help", "up")).isZero();
        assertThat(out.toString()).contains("--project=DIR", "--data=DIR", "--port-offset=N");
    }

    @Test
    void aCommandThatDoesNotExistIsWrongUse() {
        assertThat(run("upp")).isEqualTo(2);
        assertThat(err.toString()).contains("upp").contains("Did you mean");
    }

    @Test
    void tellsItsVersion() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).matches("(?s)millrace \\d+\\.\\d+\\.\\d+.*");
    }

    @Test
    void aGoodProjectIsGood() throws Exception {
        source("type: segment\n    write_key: abc");
        assertThat(run("validate", directory.toString())).as(out + " " + err).isZero();
        assertThat(out.toString()).contains("The project is good: 1 sources");
    }

    @Test
    void whatMayBeAMistakeIsSaidOfAGoodProject() throws Exception {
        source("type: segment\n    write_key: abc");
        Files.createDirectories(directory.resolve("schedule"));
        Files.writeString(directory.resolve("schedule/nightly.yml"), "schedules: []\n");
        assertThat(run("validate", directory.toString())).isZero();
        assertThat(out.toString())
                .containsPattern("warning: schedule.*schedules")
                .containsPattern("warning: sources/web.yml:\\d+:\\d+: the write key stands in")
                .contains("The project is good");
    }

    @Test
    void everyMistakeOfAProjectHasItsPlace() throws Exception {
        source("type: segmint\n    write_key: abc");
        assertThat(run("validate", directory.toString())).isEqualTo(1);
        assertThat(out.toString()).containsPattern("sources/web\\.yml:\\d+:\\d+: .*segment");
    }

    @Test
    void aDirectoryThatIsNoProjectIsSaidToBeNone() {
        assertThat(run("validate", directory.toString())).isEqualTo(1);
        assertThat(err.toString())
                .contains("is no Millrace project")
                .doesNotContain("\tat ", "Exception");
    }

    @Test
    void upStartsNothingForAProjectWithMistakes() throws Exception {
        source("type: segmint\n    write_key: abc");
        Path data = directory.resolve("data");
        assertThat(run("up", "--project", directory.toString(), "--data", data.toString()))
                .isEqualTo(1);
        assertThat(out.toString()).contains("sources/web.yml:").contains("nothing was started");
        assertThat(data.resolve("postgres")).doesNotExist();
    }

    @Test
    void upRefusesAnOffsetThatLeadsNowhere() throws Exception {
        source("type: segment\n    write_key: abc");
        assertThat(run("up", "--project", directory.toString(), "--port-offset", "60000"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("--port-offset 60000");
    }

    @Test
    void theOtherCommandsNeedARunningStack() {
        for (String command : new String[] {"env", "psql", "build"}) {
            assertThat(run(command, "--data", directory.toString()))
                    .as(command)
                    .isEqualTo(command.equals("build") ? 2 : 1);
            assertThat(err.toString())
                    .contains("no stack is running on " + directory)
                    .contains("./millrace up");
        }
    }

    private void source(String settings) throws Exception {
        Files.createDirectories(directory.resolve("sources"));
        Files.writeString(
                directory.resolve("sources/web.yml"),
                "sources:\n  - name: web\n    owner: growth@shop.example\n    " + settings + "\n");
    }

    private int run(String... arguments) {
        CommandLine command = Millrace.commandLine();
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        return command.execute(arguments);
    }
}
