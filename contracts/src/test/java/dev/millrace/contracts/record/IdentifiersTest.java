package dev.millrace.contracts.record;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;

class IdentifiersTest {

    @ParameterizedTest
    @CsvSource({
        "Order Completed, order_completed",
        "order-completed, order_completed",
        "orderCompleted, order_completed",
        "ORDER COMPLETED, order_completed",
        "OrderID, order_id",
        "HTTPServer, http_server",
        "order__id, order_id",
        " padded , padded",
        "v2Plan, v2_plan",
        "2fa enabled, _2fa_enabled",
        "Größe, größe",
        "注文 完了, 注文_完了",
        "user.created, user_created",
        "'a;DROP TABLE x;--', a_drop_table_x"
    })
    void namesBecomeWordsJoinedByUnderscores(String name, String identifier) {
        assertThat(Identifiers.snakeCase(name)).isEqualTo(identifier);
    }

    @Test
    void namesWithoutLetterOrDigitStayDifferent() {
        assertThat(Identifiers.snakeCase("🎉")).startsWith("x_");
        assertThat(Identifiers.snakeCase("🎉")).isNotEqualTo(Identifiers.snakeCase("🚀"));
    }

    @Test
    void longNamesThatDifferOnlyAtTheEndStayDifferent() {
        String common = "a".repeat(100);

        assertThat(Identifiers.snakeCase(common + "x"))
                .isNotEqualTo(Identifiers.snakeCase(common + "y"));
    }

    @Property
    void identifiersFitIntoPostgresAndAreTheirOwnIdentifier(@ForAll String name) {
        String identifier = Identifiers.snakeCase(name);

        assertThat(identifier).isNotEmpty();
        assertThat(identifier.getBytes(StandardCharsets.UTF_8))
                .hasSizeLessThanOrEqualTo(Identifiers.MAX_BYTES);
        assertThat(Character.isDigit(identifier.codePointAt(0))).isFalse();
        assertThat(identifier).doesNotContain("\u0000", "\"", " ");
        assertThat(Identifiers.shorten(identifier)).isEqualTo(identifier);
    }

    @Property
    void cuttingNeverLeavesHalfACharacter(@ForAll String name) {
        String cut = Identifiers.shorten("é".repeat(40) + name);

        assertThat(cut).doesNotContain("\uFFFD".repeat(name.contains("\uFFFD") ? 1000 : 1));
    }
}
