package dev.millrace.serving.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.Set;

class TenantSettingsTest {

    private static final String SECRET = "a secret that has more than 32 bytes";

    @Test
    void blankIsNotSet() {
        assertThat(new TenantSettings(" ", "tenant_id", Set.of(), true))
                .isEqualTo(new TenantSettings(null, "tenant_id", Set.of(), true));
    }

    @Test
    void aSecretIsCountedInBytesAndMustNotBeShort() {
        assertThatThrownBy(() -> new TenantSettings("x".repeat(31), "tenant_id", Set.of(), true))
                .hasMessageContaining("tenant-secret is shorter than 32 bytes");
        assertThat(new TenantSettings("\u00e4".repeat(16), "t", Set.of(), true).tenantSecret())
                .hasSize(16);
    }

    @Test
    void aClaimAndGroupsHaveNames() {
        assertThatThrownBy(() -> new TenantSettings(SECRET, " ", Set.of(), true))
                .hasMessageContaining("millrace.serving.tenant-claim");
        assertThatThrownBy(() -> new TenantSettings(SECRET, "tenant_id", Set.of(" "), true))
                .hasMessageContaining("millrace.serving.all-tenants-groups");
    }

    @Test
    void theSecretIsNotWrittenAnywhere() {
        assertThat(new TenantSettings(SECRET, "tenant_id", Set.of(), true).toString())
                .doesNotContain(SECRET)
                .contains("***");
        assertThat(new TenantSettings(null, "tenant_id", Set.of(), true).toString())
                .contains("none");
    }
}
