package dev.millrace.contracts.project;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;

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

    @Property
    void anyBytesAreReadOrToldAbout(@ForAll byte[] bytes) {
        Problems found = new Problems();

        Optional<YamlValue> value = YamlValue.parse("f.yml", bytes, none(), found);
        value.ifPresent(v -> v.mapping().rejectUnknown());

        assertThat(value.isPresent() || !found.isEmpty() || isBlank(bytes)).isTrue();
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
