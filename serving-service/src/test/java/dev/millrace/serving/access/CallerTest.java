package dev.millrace.serving.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

class CallerTest {

    @Test
    void callersWithTheSameClaimsSeeTheSameWhicheverTokensTheyBring() {
        Caller morning = new Caller("ann", Map.of("tenant", 7, "iat", 1, "exp", 2, "jti", "a"));
        Caller evening = new Caller("ann", Map.of("tenant", 7, "iat", 9, "nbf", 8, "jti", "b"));

        assertThat(morning.sight()).isEqualTo(evening.sight()).isEqualTo(Map.of("tenant", 7));
    }

    @Test
    void callersWithOtherClaimsNeverShareAnAnswer() {
        assertThat(new Caller("ann", Map.of("tenant", 7)).sight())
                .isNotEqualTo(new Caller("ann", Map.of("tenant", 8)).sight())
                .isNotEqualTo(new Caller("ann", Map.of("tenant", List.of(7))).sight())
                .isNotEqualTo(new Caller("ann", Map.of()).sight());
    }

    @Test
    void whatACallerMaySeeDoesNotChangeAfterwards() {
        Map<String, Object> claims = new HashMap<>(Map.of("tenant", 7));
        Caller caller = new Caller("ann", claims);
        claims.put("tenant", 8);

        assertThat(caller.securityContext()).isEqualTo(Map.of("tenant", 7));
    }

    @Test
    void whatIsNestedChangesNothingThatIsSaidOfTheToken() {
        Instant end = Instant.parse("2026-01-02T03:04:05Z");

        assertThat(
                        CallerTokens.securityContext(
                                Map.of(
                                        "exp",
                                        end,
                                        "jti",
                                        "a",
                                        "u",
                                        Map.of(
                                                "exp",
                                                9_999_999_999L,
                                                "jti",
                                                "b",
                                                "iat",
                                                1,
                                                "tenant_id",
                                                "x"))))
                .containsEntry("exp", end)
                .containsEntry("jti", "a")
                .containsEntry("tenant_id", "x")
                .doesNotContainKey("iat");
    }

    @Test
    void aTokenEndsWhenItWasSaidWhateverItsClaimsAre() {
        Instant end = Instant.parse("2026-01-02T03:04:05Z");

        assertThat(
                        new Caller("ann", Map.of("exp", 7), new Caller.Token(end), Scope.UNNAMED)
                                .expires())
                .hasValue(end);
        assertThat(new Caller("ann", Map.of("exp", Instant.MAX)).expires()).isEmpty();
    }
}
