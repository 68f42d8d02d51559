package dev.millrace.serving.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

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
}
