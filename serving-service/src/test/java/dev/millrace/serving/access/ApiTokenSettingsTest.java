package dev.millrace.serving.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ApiTokenSettingsTest {

    private static final String SECRET = "a secret that has more than 32 bytes";

    @Test
    void blankIsNotSet() {
        assertThat(new ApiTokenSettings(" ", "")).isEqualTo(new ApiTokenSettings(null, null));
    }

    @Test
    void thereIsOneKindOfKey() {
        assertThatThrownBy(() -> new ApiTokenSettings(SECRET, "http://idp/keys"))
                .hasMessage(
                        "set either millrace.serving.api-secret or millrace.serving.jwk-set-uri");
    }

    @Test
    void aSecretIsCountedInBytesAndMustNotBeShort() {
        assertThatThrownBy(() -> new ApiTokenSettings("x".repeat(31), null))
                .hasMessageContaining("is shorter than 32 bytes");
        assertThat(new ApiTokenSettings("x".repeat(32), null).apiSecret()).hasSize(32);
        assertThat(new ApiTokenSettings("\u00e4".repeat(16), null).apiSecret()).hasSize(16);
    }

    @Test
    void theSecretIsNotWrittenAnywhere() {
        assertThat(new ApiTokenSettings(SECRET, null).toString())
                .doesNotContain(SECRET)
                .contains("***");
        assertThat(new ApiTokenSettings(null, null).toString()).contains("none");
    }
}
