package dev.millrace.serving.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whose rows callers see, and how the warehouse is told. */
class TenantTokensTest {

    private static final String SECRET = "a secret that has more than 32 bytes";
    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2026-07-01T12:00:00.9Z"), ZoneOffset.UTC);

    private static TenantTokens tokens(@Nullable String secret, boolean operatorsSeeAll) {
        return new TenantTokens(
                new TenantSettings(secret, "tenant_id", Set.of("support"), operatorsSeeAll), CLOCK);
    }

    private static Tenants of(Object claim) {
        return tokens(SECRET, true).of(new Caller("ann", Map.of("tenant_id", claim)));
    }

    private static Tenants named(String... names) {
        return new Tenants.Named(Set.of(names));
    }

    @Test
    void theClaimNamesATenantOrSeveral() {
        assertThat(of("a")).isEqualTo(named("a"));
        assertThat(of(7)).isEqualTo(named("7"));
        assertThat(of(List.of("a", 7, "a"))).isEqualTo(named("a", "7"));
        assertThat(of("*")).isEqualTo(named("*"));
    }

    @Test
    void aClaimThatNamesNoTenantShowsNothing() {
        assertThat(tokens(SECRET, true).of(new Caller("ann", Map.of("tenant", "a"))))
                .isEqualTo(Tenants.NONE);
        for (Object claim :
                List.of("", "a\0", "\ud800", true, Map.of("id", "a"), List.of(), List.of(""))) {
            assertThat(of(claim)).as(String.valueOf(claim)).isEqualTo(Tenants.NONE);
        }
    }

    @Test
    void aListInWhichOneIsNoNameIsNoList() {
        assertThat(of(List.of("a", List.of("b")))).isEqualTo(Tenants.NONE);
        assertThat(of(Arrays.asList("a", null))).isEqualTo(Tenants.NONE);
    }

    @Test
    void anotherClaimMayNameTheTenant() {
        TenantTokens tokens =
                new TenantTokens(
                        new TenantSettings(SECRET, "https://shop/org", Set.of(), true), CLOCK);
        Map<String, Object> claims = new HashMap<>(Map.of("tenant_id", "b"));
        claims.put("https://shop/org", "a");
        assertThat(tokens.of(new Caller("ann", claims))).isEqualTo(named("a"));
    }

    @Test
    void membersOfSomeGroupsSeeAllTenants() {
        for (String claim : List.of("groups", "group", "roles", "role")) {
            for (Object groups : List.of("support", List.of("x", "support"))) {
                assertThat(
                                tokens(SECRET, true)
                                        .of(
                                                new Caller(
                                                        "ann",
                                                        Map.of(claim, groups, "tenant_id", "a"))))
                        .isEqualTo(new Tenants.All());
            }
        }
        assertThat(
                        tokens(SECRET, true)
                                .of(new Caller("ann", Map.of("groups", "sales", "tenant_id", "a"))))
                .isEqualTo(named("a"));
    }

    @Test
    void operatorsSeeAllTenantsUnlessTheyAreNotTo() {
        Caller operator =
                new Caller("ops", Map.of("operator", "ops"), new Caller.Operators(), Scope.ALL);
        assertThat(tokens(SECRET, true).of(operator)).isEqualTo(new Tenants.All());
        assertThat(tokens(SECRET, false).of(operator)).isEqualTo(Tenants.NONE);
    }

    @Test
    void nobodyBecomesAnOperatorByAClaim() {
        assertThat(tokens(SECRET, true).of(new Caller("ops", Map.of("operator", "ops"))))
                .isEqualTo(Tenants.NONE);
    }

    @Test
    void aTokenIsGoodForFiveMinutesAndSaysWhose() {
        assertThat(tokens(SECRET, true).sign(named("b", "a\"")))
                .matches("[0-9a-f]{64}[.]1782907500[.]\\[\"a\\\\\"\",\"b\"]");
        assertThat(tokens(SECRET, true).sign(new Tenants.All()))
                .matches("[0-9a-f]{64}[.]1782907500[.][*]");
    }

    @Test
    void thereIsNoTokenForNobodyOrWithoutASecret() {
        assertThat(tokens(SECRET, true).sign(Tenants.NONE)).isEmpty();
        assertThat(tokens(null, true).sign(new Tenants.All())).isEmpty();
        assertThat(tokens(null, true).sign(named("a"))).isEmpty();
    }
}
