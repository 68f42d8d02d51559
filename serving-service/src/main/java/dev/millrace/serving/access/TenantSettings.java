package dev.millrace.serving.access;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Whose rows row-level security shows to whom.
 *
 * @param tenantSecret what tokens for the warehouse are signed with, the same that its owner set
 *     there; at least 32 bytes. Without, tables with a tenant column show no row to anybody
 * @param tenantClaim the claim of callers' tokens that names their tenant or tenants
 * @param allTenantsGroups groups whose members see all tenants' rows
 * @param operatorsSeeAllTenants whether operators' tokens do
 */
@ConfigurationProperties("millrace.serving")
record TenantSettings(
        @Nullable String tenantSecret,
        @DefaultValue("tenant_id") String tenantClaim,
        @DefaultValue Set<String> allTenantsGroups,
        @DefaultValue("true") boolean operatorsSeeAllTenants) {

    private static final int MIN_BYTES = 32;

    TenantSettings {
        tenantSecret = tenantSecret == null || tenantSecret.isBlank() ? null : tenantSecret;
        allTenantsGroups = Set.copyOf(allTenantsGroups);
        if (tenantSecret != null
                && tenantSecret.getBytes(StandardCharsets.UTF_8).length < MIN_BYTES) {
            throw new IllegalArgumentException(
                    "millrace.serving.tenant-secret is shorter than 32 bytes; make one with:"
                            + " openssl rand -hex 32");
        }
        if (tenantClaim.isBlank()) {
            throw new IllegalArgumentException(
                    "millrace.serving.tenant-claim is the name of a claim, such as tenant_id");
        }
        if (allTenantsGroups.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    "millrace.serving.all-tenants-groups holds names of groups, separated by"
                            + " commas");
        }
    }

    @Override
    public String toString() {
        return "TenantSettings[tenantSecret="
                + (tenantSecret == null ? "none" : "***")
                + ", tenantClaim="
                + tenantClaim
                + "]";
    }
}
