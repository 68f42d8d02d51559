package dev.millrace.contracts.project;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.Optional;

class YamlValueTest {

    private final Problems problems = new Problems();

    @Test
    void everyMistakeIsToldAtOnceWithItsPlace() {
        YamlMapping top =
                parse(
                        """
                        nmae: web
                        strict: perhaps
                        type:
                          deep: value
                        """);
        top.requiredText("name");
        top.flag("strict", false);
        top.text("type");
        top.rejectUnknown();

        assertThat(messages())
                .containsExactly(
                        "f.yml:1:1: the key 'name' is required here",
                        "f.yml:1:1: unknown key 'nmae'; did you mean 'name'?",
                        "f.yml:2:9: expected true or false, found 'perhaps'",
                        "f.yml:4:3: expected text");
    }

    @Test
    void anUnknownKeyThatResemblesNoneIsToldTheKnownOnes() {
        YamlMapping top = parse("colour: red");
        top.text("name");
        top.text("owner");
        top.rejectUnknown();

        assertThat(messages())
                .containsExactly("f.yml:1:1: unknown key 'colour'; known here: name, owner");
    }

    @Test
    void aKeyThatStandsTwiceIsToldWithItsFirstLine() {
        parse("a: 1\nb: 2\na: 3\n");

        assertThat(messages()).containsExactly("f.yml:3:1: the key 'a' stands already in line 1");
    }

    @Test
    void textThatIsNoYamlIsToldWithItsPlace() {
        assertThat(YamlValue.parse("f.yml", "a: [1\nb: 2".getBytes(UTF_8), none(), problems))
                .isEmpty();
        assertThat(messages()).singleElement().asString().startsWith("f.yml:2:");
    }

    @Test
    void anEmptyFileIsNoMistake() {
        assertThat(YamlValue.parse("f.yml", "# nothing\n".getBytes(UTF_8), none(), problems))
                .isEmpty();
        assertThat(messages()).isEmpty();
    }

    @Test
    void plainValuesAreWhatYamlSaysTheyAre() {
        Object plain = value("{a: 1, b: 1.5, c: yes, d: ~, e: '1', f: [x, 2]}").plain();

        assertThat(plain).hasToString("{a=1, b=1.5, c=true, d=null, e=1, f=[x, 2]}");
        assertThat(plain).extracting("a").isEqualTo(1);
        assertThat(plain).extracting("e").isEqualTo("1");
    }

    @Test
    void theEnvironmentFillsInPlaceholders() {
        Environment environment = Environment.of(Map.of("HOST", "db", "KEY", "a$1\\"));
        Optional<YamlValue> value =
                YamlValue.parse(
                        "f.yml",
                        "url: jdbc:${HOST}/x-${KEY}".getBytes(UTF_8),
                        environment,
                        problems);

        assertThat(value.orElseThrow().mapping().text("url")).isEqualTo("jdbc:db/x-a$1\\");
    }

    @Test
    void aPlaceholderWithoutAValueIsNamedButNotItsNeighbours() {
        Optional<YamlValue> value =
                YamlValue.parse(
                        "f.yml",
                        "key: x-${MISSING}".getBytes(UTF_8),
                        Environment.of(Map.of("OTHER", "s3cret")),
                        problems);
        value.orElseThrow().mapping().text("key");

        assertThat(messages())
                .singleElement()
                .asString()
                .contains("f.yml:1:6", "MISSING")
                .doesNotContain("s3cret");
    }

    @Test
    void aBombOfAliasesIsRefused() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 100; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }
        assertThat(YamlValue.parse("f.yml", bomb.toString().getBytes(UTF_8), none(), problems))
                .isEmpty();
        assertThat(messages()).hasSize(1);
    }

    @Test
    void nestingWithoutEndIsRefused() {
        assertThat(YamlValue.parse("f.yml", "[".repeat(10_000).getBytes(UTF_8), none(), problems))
                .isEmpty();
        assertThat(messages()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2020-01-01",
                "2020-01-01 10:20:30",
                "2020-01-01T10:20:30.5+02:00",
                "2020-1-1T1:02:03Z"
            })
    void aDateIsTheTextThatWasWritten(String date) {
        assertThat(value("[" + date + "]").plain()).isEqualTo(List.of(date));
        assertThat(messages()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    !!int abc      | 'abc' is no !!int
                    !!int ''       | '' is no !!int
                    !!float x      | 'x' is no !!float
                    !!bool maybe   | 'maybe' is no !!bool
                    !!binary aGk=  | 'aGk=' is no !!binary
                    !mine a        | 'a' is no !mine
                    """)
    void aScalarThatItsTagDoesNotFitIsToldAtItsPlace(String written, String message) {
        Object plain = value("a: 1\nb: [x, " + written.replace("''", "\"\"") + "]").plain();

        assertThat(plain).hasToString("{a=1, b=[x, null]}");
        assertThat(messages())
                .containsExactly("f.yml:2:8: " + message + "; quote it if it is text");
    }

    @Test
    void numbersOfEverySizeAreRead() {
        assertThat(
                        value(
                                        "[0, -1, 9007199254740993, 123456789012345678901234567890,"
                                                + " 1.5, .inf]")
                                .plain())
                .hasToString(
                        "[0, -1, 9007199254740993, 123456789012345678901234567890, 1.5, Infinity]");
    }

    @Test
    void aMergedMappingGivesTheKeysThatAreNotThere() {
        YamlMapping items =
                parse(
                        """
                        base: &base {type: segment, strict: true, owner: a}
                        item:
                          strict: false
                          <<: *base
                          owner: b
                        """);
        YamlMapping item = items.take("item").orElseThrow().mapping();

        assertThat(item.entries()).containsOnlyKeys("strict", "owner", "type");
        assertThat(item.text("strict")).isEqualTo("false");
        assertThat(item.text("owner")).isEqualTo("b");
        assertThat(item.text("type")).isEqualTo("segment");
        item.rejectUnknown();
        assertThat(messages()).isEmpty();
    }

    @Test
    void theFirstMappingOfAMergedListWins() {
        Object plain =
                value(
                                """
                                a: &a {x: 1, y: 1}
                                b: &b {y: 2, z: 2}
                                c: {<<: [*a, *b, {z: 3, w: 3}], w: 4}
                                """)
                        .plain();

        assertThat(plain).extracting("c").hasToString("{w=4, x=1, y=1, z=2}");
    }

    @Test
    void mergesReachThroughMerges() {
        Object plain =
                value(
                                """
                                a: &a {x: 1, y: 1}
                                b: &b {<<: *a, y: 2}
                                c: {<<: *b}
                                """)
                        .plain();

        assertThat(plain).extracting("c").hasToString("{y=2, x=1}");
    }

    @Test
    void aKeyOfItsOwnThatIsNullIsNotMerged() {
        YamlMapping c = parse("a: &a {x: 1}\nc: {<<: *a, x: ~}").take("c").orElseThrow().mapping();

        assertThat(c.take("x")).isEmpty();
    }

    @Test
    void aMistakeInAMergedMappingIsToldOnceAndWhereItStands() {
        YamlMapping top =
                parse(
                        """
                        base: &base {tpye: x}
                        a: {<<: *base}
                        b: {<<: *base}
                        """);
        for (String key : List.of("a", "b")) {
            YamlMapping mapping = top.take(key).orElseThrow().mapping();
            mapping.text("type");
            mapping.rejectUnknown();
        }

        assertThat(messages())
                .containsExactly("f.yml:1:14: unknown key 'tpye'; did you mean 'type'?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "[{a: 1}, 2]", "~", "text", "[[{a: 1}]]"})
    void onlyMappingsCanBeMerged(String merged) {
        parse("a: 1\n<<: " + merged);

        assertThat(messages())
                .containsExactly(
                        "f.yml:2:5: '<<' merges a mapping, or a list of mappings, into this one");
    }

    @Test
    void twoMergesInOneMappingAreToldToBecomeAList() {
        parse("{<<: {a: 1}, <<: {b: 2}}");

        assertThat(messages())
                .containsExactly(
                        "f.yml:1:14: the key '<<' stands already in line 1; merge a list, as in"
                                + " '<<: [*a, *b]'");
    }

    @Test
    void aQuotedMergeSignIsAKeyAndAPlainOneElsewhereIsText() {
        assertThat(value("{'<<': {a: 1}, b: <<}").plain()).hasToString("{<<={a=1}, b=<<}");
        assertThat(messages()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a: &a [*a]", "a: &a {b: *a}", "&a {<<: *a}", "&a [[[*a]]]"})
    void aValueThatContainsItselfIsRefused(String endless) {
        assertThat(YamlValue.parse("f.yml", endless.getBytes(UTF_8), none(), problems)).isEmpty();
        assertThat(messages())
                .singleElement()
                .asString()
                .startsWith("f.yml:1:")
                .contains("contains itself");
    }

    @Test
    void fewAliasesThatStandForMillionsOfValuesAreRefused() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 24; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }

        assertThat(YamlValue.parse("f.yml", bomb.toString().getBytes(UTF_8), none(), problems))
                .isEmpty();
        assertThat(messages()).singleElement().asString().contains("two million values");
    }

    @Test
    void aliasesThatNestFurtherThanTheTextDoesAreRefused() {
        StringBuilder deep = new StringBuilder("a0: &a0 " + "[".repeat(40) + "]".repeat(40) + "\n");
        for (int i = 1; i < 4; i++) {
            deep.append(
                    "a%d: &a%d %s*a%d%s%n".formatted(i, i, "[".repeat(40), i - 1, "]".repeat(40)));
        }

        assertThat(YamlValue.parse("f.yml", deep.toString().getBytes(UTF_8), none(), problems))
                .isEmpty();
        assertThat(messages()).singleElement().asString().contains("deeper than 100 levels");
    }

    @Test
    void anAliasThatIsUsedOftenIsNoMistake() {
        assertThat(value("a: &a [1, 2]\nb: [*a, *a]").plain())
                .extracting("b")
                .hasToString("[[1, 2], [1, 2]]");
    }

    @Test
    void theSameMistakeIsToldOnceHoweverOftenAValueIsRead() {
        YamlMapping top = parse("a: {b: 1, b: 2}");
        top.take("a").orElseThrow().mapping();
        top.take("a").orElseThrow().mapping();

        assertThat(messages()).hasSize(1);
    }

    @Test
    void placesCountCharactersAndNotBytes() {
        parse("ä🎉: 1\n'ä🎉': 2");

        assertThat(messages()).containsExactly("f.yml:2:1: the key 'ä🎉' stands already in line 1");
    }

    @Test
    void aKeyThatIsNoTextIsTold() {
        parse("? [a, b]\n: 1");

        assertThat(messages()).containsExactly("f.yml:1:3: a key must be text");
    }

    @Test
    void keysThatAreOnlyPlannedAreNoTypingMistakes() {
        YamlMapping top = parse("review: 1");
        top.rejectPlanned("review", "partition");
        top.rejectUnknown();

        assertThat(messages())
                .containsExactly("f.yml:1:1: 'review' is not offered by this version");
    }

    @Property
    void anyBytesAreReadOrToldAbout(@ForAll byte[] bytes) {
        Problems found = new Problems();

        Optional<YamlValue> value = YamlValue.parse("f.yml", bytes, none(), found);
        value.ifPresent(v -> v.mapping().rejectUnknown());

        assertThat(value.isPresent() || !found.isEmpty() || isBlank(bytes)).isTrue();
    }

    @Test
    void aMappingMayStandInOneLine() {
        assertThat(YamlValue.inlineMapping("{schema: old, \"days\": 7}"))
                .hasValueSatisfying(
                        values ->
                                assertThat(values)
                                        .containsEntry("schema", "old")
                                        .containsEntry("days", 7));
        assertThat(YamlValue.inlineMapping(" ")).hasValue(Map.of());
        assertThat(YamlValue.inlineMapping("old")).isEmpty();
        assertThat(YamlValue.inlineMapping("{schema: ")).isEmpty();
    }

    private static boolean isBlank(byte[] bytes) {
        return Optional.of(new Problems())
                .map(p -> YamlValue.parse("f.yml", bytes, none(), p).isEmpty() && p.isEmpty())
                .orElse(false);
    }

    private YamlMapping parse(String text) {
        return value(text).mapping();
    }

    private YamlValue value(String text) {
        return YamlValue.parse("f.yml", text.getBytes(UTF_8), none(), problems).orElseThrow();
    }

    private List<String> messages() {
        return problems.list().stream().map(Problem::toString).toList();
    }

    private static Environment none() {
        return Environment.of(Map.of());
    }
}
