package dev.millrace.serving.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.test.SettableClock;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class VerifiedTokensTest {

    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

    private final SettableClock clock = SettableClock.at(NOW);
    private final VerifiedTokens tokens = new VerifiedTokens(clock);
    private final List<String> verified = new ArrayList<>();

    private Optional<Caller> ask(String token, Instant end) {
        return tokens.callerOf(
                token,
                unknown -> {
                    verified.add(unknown);
                    return Optional.of(
                            new Caller("ann", Map.of(), new Caller.Token(end), Scope.UNNAMED));
                });
    }

    @Test
    void aTokenIsVerifiedOnceWhileItIsRemembered() {
        Instant end = NOW.plusSeconds(3_600);

        assertThat(ask("a", end)).isEqualTo(ask("a", end)).isPresent();
        ask("b", end);

        assertThat(verified).containsExactly("a", "b");
    }

    @Test
    void aTokenThatIsRememberedEndsWhenItSays() {
        Instant end = NOW.plusSeconds(10);
        ask("a", end);

        clock.set(end);
        assertThat(ask("a", end)).isPresent();
        clock.set(end.plusMillis(1));
        assertThat(ask("a", end)).isEmpty();
    }

    @Test
    void itsSignatureIsVerifiedAgainAfterAWhile() {
        Instant end = NOW.plus(Duration.ofDays(1));
        ask("a", end);

        clock.set(NOW.plus(VerifiedTokens.REMEMBERED));
        ask("a", end);

        assertThat(verified).containsExactly("a", "a");
    }

    @Test
    void whatIsNoGoodTokenIsNotRemembered() {
        assertThat(tokens.callerOf("a", _ -> Optional.empty())).isEmpty();

        assertThat(ask("a", NOW.plusSeconds(1))).isPresent();
    }
}
