package dev.millrace.ingestion.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Problems;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.List;

class PersonalDataCheckTest {

    @Test
    void aProjectThatHashesNeedsAKeyAndIsToldWhere() {
        assertThat(check(null))
                .singleElement()
                .satisfies(
                        problem -> {
                            assertThat(problem.position()).hasToString("sources/all.yml:4:1");
                            assertThat(problem.message())
                                    .contains("'private'", "MILLRACE_PII_KEY", "openssl rand");
                        });
        assertThat(check(" ")).hasSize(1);
        assertThat(check("a-key-that-is-long-enough")).isEmpty();
    }

    @Test
    void aKeyThatCanBeGuessedIsRefused() {
        assertThatThrownBy(() -> new PersonalDataSettings("short"))
                .hasMessageContaining("millrace.pii.key");
    }

    private static List<Problem> check(@Nullable String key) {
        Problems problems = new Problems();
        new PersonalDataCheck(new PersonalDataSettings(key))
                .check(DoorFixture.project(DoorFixture.SOURCES), problems);
        return problems.list();
    }
}
