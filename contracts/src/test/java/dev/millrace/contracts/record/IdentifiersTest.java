package dev.millrace.contracts.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.Sha256;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

class IdentifiersTest {

    private static final List<String> SYSTEM_COLUMNS =
            List.of("ctid", "cmin", "cmax", "tableoid", "xmin", "xmax");

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

    @ParameterizedTest
    @CsvSource({
        "xmin, _xmin",
        "XMAX, _xmax",
        "ctid, _ctid",
        "Cmin, _cmin",
        " cmax , _cmax",
        "tableoid, _tableoid",
        "_xmin, _xmin",
        "x-min, x_min",
        "table oid, table_oid",
        "oid, oid"
    })
    void aSystemColumnsNameIsNeverAnIdentifier(String name, String identifier) {
        assertThat(Identifiers.snakeCase(name)).isEqualTo(identifier);
    }

    @Property(tries = 250)
    void noColumnOfAnyLayoutIsASystemColumn(
            @ForAll("prefixes") String prefix, @ForAll("keys") String key) {
        String word = Identifiers.snakeCase(key);

        assertThat(SYSTEM_COLUMNS)
                .doesNotContain(
                        word,
                        Identifiers.shorten(prefix + word),
                        Identifiers.apart(word, key),
                        Identifiers.shorten(word + "__text"));
    }

    @Property(tries = 250)
    void anIdentifierIsItsOwnIdentifier(@ForAll("anyNames") String name) {
        String identifier = Identifiers.snakeCase(name);

        assertThat(Identifiers.snakeCase(identifier)).isEqualTo(identifier);
        assertThat(Identifiers.shorten(identifier)).isEqualTo(identifier);
    }

    @Property(tries = 250)
    void identifiersOfAnyScriptFitIntoPostgres(@ForAll("anyNames") String name) {
        String identifier = Identifiers.snakeCase(name);

        assertThat(identifier.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1, 63);
        assertThat(identifier).doesNotContain("__").doesNotEndWith("_");
        assertThat(identifier.codePoints().allMatch(p -> p == '_' || Character.isLetterOrDigit(p)))
                .isTrue();
    }

    @Property
    void identifiersThatAreTheirOwnStayDistinct(
            @ForAll("identifiers") String one, @ForAll("identifiers") String other) {
        Assume.that(!one.equals(other));

        assertThat(Identifiers.shorten(one)).isNotEqualTo(Identifiers.shorten(other));
        assertThat(Identifiers.apart("taken", one)).isNotEqualTo(Identifiers.apart("taken", other));
    }

    @Property(tries = 150)
    void longNamesStayDistinctWhereverTheyDiffer(
            @ForAll @IntRange(min = 0, max = 99) int place, @ForAll @AlphaChars char other) {
        String name = "q".repeat(100);
        String changed = name.substring(0, place) + other + name.substring(place + 1);
        Assume.that(!changed.equalsIgnoreCase(name));

        assertThat(Identifiers.snakeCase(changed)).isNotEqualTo(Identifiers.snakeCase(name));
    }

    @Property
    void namesWithoutALetterStayDistinct(
            @ForAll("symbols") String one, @ForAll("symbols") String other) {
        Assume.that(!one.equals(other));

        assertThat(Identifiers.snakeCase(one)).isNotEqualTo(Identifiers.snakeCase(other));
    }

    @Property(tries = 150)
    void whatIsSetApartFitsAndIsNeverWhatItIsApartFrom(
            @ForAll("anyNames") String name, @ForAll("anyNames") String origin) {
        String identifier = Identifiers.snakeCase(name);
        String apart = Identifiers.apart(identifier, origin);

        assertThat(apart.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1, 63);
        assertThat(apart).isNotEqualTo(identifier).isEqualTo(Identifiers.apart(identifier, origin));
    }

    @Test
    void aCutAtTheEndOfAWordLeavesOneUnderscoreBeforeTheHash() {
        String identifier = Identifiers.snakeCase("a".repeat(53) + " " + "b".repeat(20));

        assertThat(identifier).matches("a{53}_[0-9a-f]{8}");
        assertThat(Identifiers.snakeCase(identifier)).isEqualTo(identifier);
    }

    @Test
    void capitalsWithoutASmallFormBeginNoWord() {
        assertThat(Identifiers.snakeCase("A\uD835\uDC00")).isEqualTo("a\uD835\uDC00");
    }

    @Test
    void hashesStayWhatTheyAreAsTablesAreNamedByThem() {
        assertThat(Identifiers.snakeCase("🎉")).isEqualTo("x_" + Sha256.hex("🎉").substring(0, 8));
        assertThat(Identifiers.snakeCase("a".repeat(64)))
                .isEqualTo("a".repeat(54) + "_" + Sha256.hex("a".repeat(64)).substring(0, 8));
    }

    @Provide
    Arbitrary<String> prefixes() {
        return Arbitraries.of("", "x_", "context_", "a__", "_", "a".repeat(62) + "_");
    }

    @Provide
    Arbitrary<String> keys() {
        return Arbitraries.oneOf(
                Arbitraries.of(SYSTEM_COLUMNS)
                        .flatMap(
                                name ->
                                        Arbitraries.of(
                                                name,
                                                name.toUpperCase(Locale.ROOT),
                                                "_" + name,
                                                "-" + name + " ",
                                                name.substring(0, 1).toUpperCase(Locale.ROOT)
                                                        + name.substring(1))),
                Arbitraries.strings().ofMaxLength(80));
    }

    @Provide
    Arbitrary<String> anyNames() {
        Arbitrary<String> words =
                Arbitraries.strings()
                        .withCharRange('a', 'f')
                        .withCharRange('A', 'F')
                        .withChars('_', ' ', '-', '1', 'ä', 'Ä', '注', 'ǅ', 'İ', 'ß', 'ẞ', 'ϴ')
                        .ofMaxLength(90);
        Arbitrary<String> beyondTheBasicPlane =
                Arbitraries.integers()
                        .between(0x1_0000, 0x1_FFFF)
                        .map(Character::toString)
                        .list()
                        .ofMaxSize(20)
                        .map(points -> String.join("", points));
        return Arbitraries.oneOf(words, beyondTheBasicPlane, Arbitraries.strings().ofMaxLength(90));
    }

    @Provide
    Arbitrary<String> identifiers() {
        return Arbitraries.strings()
                .withCharRange('a', 'c')
                .withChars('_')
                .ofMinLength(1)
                .ofMaxLength(70);
    }

    @Provide
    Arbitrary<String> symbols() {
        return Arbitraries.of("!", "?", ".", "-", "_", " ", "🎉", "🚀", "#")
                .list()
                .ofMaxSize(5)
                .map(symbols -> String.join("", symbols));
    }
}
