package dev.millrace.transform.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;

/** Where a project is built: a URL, the running stack, or a profile. */
class DestinationTest {

    @TempDir private Path directory = Path.of("");
    private CommandStage shop = new CommandStage(Path.of("build"));

    @BeforeEach
    void aShop() {
        shop = new CommandStage(directory).shop();
    }

    private void profile() {
        String url = shop.jdbcUrl().replaceFirst("\\?.*", "");
        String port = url.replaceFirst(".*:(\\d+)/.*", "$1");
        shop.file(
                "profiles.yml",
                """
                shop:
                  target: dev
                  outputs:
                    dev:
                      type: postgres
                      host: 127.0.0.1
                      port: %s
                      user: millrace_models
                      password: %s
                      dbname: %s
                      schema: dev
                      threads: 2
                    ci:
                      type: postgres
                      host: 127.0.0.1
                      port: %s
                      user: millrace_models
                      password: %s
                      dbname: %s
                      schema: ci
                """
                        .formatted(
                                port,
                                shop.password(),
                                url.substring(url.lastIndexOf('/') + 1),
                                port,
                                shop.password(),
                                url.substring(url.lastIndexOf('/') + 1)));
    }

    @Test
    void aProfileOfTheProjectSaysWhere() {
        profile();
        assertThat(shop.plainly("build", "--project", directory.toString())).isZero();
        assertThat(shop.out())
                .contains("schema dev (", "target dev)", "Concurrency: 2 threads")
                .doesNotContain(shop.password());
        assertThat(shop.value("select total from dev.revenue")).isEqualTo("60");
        assertThat(shop.plainly("build", "--project", directory.toString(), "--target", "ci"))
                .isZero();
        assertThat(shop.value("select total from ci.revenue")).isEqualTo("60");
    }

    @Test
    void theRunningStackGoesBeforeAProfileThatNobodyNamed() {
        profile();
        shop.stack();
        assertThat(shop.plainly("build", "--project", directory.toString())).isZero();
        assertThat(shop.out()).contains("(the running stack)");
        assertThat(shop.plainly("build", "--project", directory.toString(), "--target", "ci"))
                .isZero();
        assertThat(shop.out()).contains("target ci)");
    }

    @Test
    void withoutAProjectTheStackBuildsItsOwn() {
        shop.stack();
        assertThat(shop.plainly("build", "--select", "+revenue", "--vars", "{a: 1}")).isZero();
        assertThat(shop.asked()).hasSize(1);
        assertThat(shop.asked().getFirst().select()).isEqualTo("+revenue");
        assertThat(shop.asked().getFirst().vars()).containsEntry("a", 1);
        assertThat(shop.plainly("build", "--full-refresh")).isEqualTo(2);
        assertThat(shop.err()).contains("--project");
    }

    @Test
    void nowhereToBuildIsToldWithWhatToDo() {
        assertThat(
                        shop.plainly(
                                "build",
                                "--project",
                                directory.toString(),
                                "--profiles-dir",
                                directory.toString()))
                .isEqualTo(2);
        assertThat(shop.err()).contains("profiles.yml").contains("there is no such file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://me:hush@there/db",
                "postgresql://me:hush@/db",
                "postgresql://me:hush@there",
                "postgres://me:hush@there:x/db",
                "hush"
            })
    void whatIsNoUrlIsRefusedWithoutBeingRepeated(String url) {
        assertThat(shop.plainly("build", "--project", directory.toString(), "--url", url))
                .isEqualTo(2);
        assertThat(shop.err()).contains("postgresql://USER@HOST").doesNotContain("hush");
    }

    @Test
    void aDirectoryWithoutAProjectIsSaidToBeNone() {
        assertThat(
                        shop.plainly(
                                "run",
                                "--project",
                                directory.resolve("models").toString(),
                                "--url",
                                shop.url()))
                .isEqualTo(2);
        assertThat(shop.err()).contains("is no dbt project").contains("--project");
    }
}
