package dev.millrace.transform.model.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.project.Environment;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.Map;

class EnvironmentRenderingTest {

    private final EnvironmentRendering rendering =
            new EnvironmentRendering(
                    Environment.of(
                            Map.of("PORT", "5432", "DBT_ENV_SECRET_KEY", "s3cret", "ON", "true")),
                    Map.of("schema", "analytics"));

    private @Nullable Object value(String text) {
        return rendering.render("profiles.yml", text).value();
    }

    @Test
    void textWithoutTemplatesStaysAsItIs() {
        assertThat(value("a {b} %c")).isEqualTo("a {b} %c");
    }

    @Test
    void filtersSayWhatAValueIsTakenFor() {
        assertThat(value("{{ env_var('PORT') }}")).isEqualTo("5432");
        assertThat(value("{{ env_var('PORT') | as_number }}")).isEqualTo(5432L);
        assertThat(value("{{ env_var('ON') | as_bool }}")).isEqualTo(true);
        assertThat(value("port-{{ env_var('PORT') }}")).isEqualTo("port-5432");
    }

    @Test
    void defaultsAndVariablesStandIn() {
        assertThat(value("{{ env_var('NOTHING', 'x') }}")).isEqualTo("x");
        assertThat(value("{{ var('schema') }}")).isEqualTo("analytics");
        assertThat(value("{{ var('other', 3) }}")).isEqualTo(3L);
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatThrownBy(() -> value("{{ env_var('NOTHING') }}"))
                .hasMessageContaining("NOTHING is not set; export it");
        assertThatThrownBy(() -> value("{{ var('shema') }}"))
                .hasMessageContaining("'shema' was not given")
                .hasMessageContaining("schema");
        assertThatThrownBy(() -> value("{{ env_var('DBT_ENV_SECRET_OTHER') }}"))
                .hasMessageContaining("DBT_ENV_SECRET_OTHER is not set");
    }

    @Test
    void secretsAreMarkedAndNotShown() {
        EnvironmentRendering.Value secret =
                rendering.render("profiles.yml", "x{{ env_var('DBT_ENV_SECRET_KEY') }}");
        assertThat(secret.value()).isEqualTo("xs3cret");
        assertThat(secret.secret()).isTrue();
        assertThat(secret.toString()).doesNotContain("s3cret");
        assertThatThrownBy(() -> value("{{ env_var('DBT_ENV_SECRET_KEY') | as_number }}"))
                .hasMessageContaining("there is a secret in it")
                .hasMessageNotContaining("s3cret");
    }
}
