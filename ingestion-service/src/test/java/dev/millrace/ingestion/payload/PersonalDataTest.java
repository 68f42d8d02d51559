package dev.millrace.ingestion.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contracts.project.source.PiiRule;
import dev.millrace.contracts.project.source.PiiRule.Action;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

class PersonalDataTest {

    private static final KeyedHash HASH = new KeyedHash("a-key-of-the-tests-only");

    /** {@code printf %s jen@example.com | openssl dgst -sha256 -hmac a-key-of-the-tests-only}. */
    private static final String HMAC_OF_JEN =
            "6065495ec9f831573c9a7db9221d709c1c4929a4101ba4161c8fda78ea548932";

    @Test
    void aHashIsHmacSha256InHexadecimal() {
        assertThat(apply("{'traits':{'email':'jen@example.com'}}", hash("traits.email")))
                .isEqualTo("{'traits':{'email':'" + HMAC_OF_JEN + "'}}");
    }

    @Test
    void droppedValuesGoWithTheirKeyAndMaskedOnesKeepIt() {
        assertThat(
                        apply(
                                "{'context':{'ip':'1.2.3.4','os':1},'traits':{'name':'Jo'}}",
                                rule("context.ip", Action.DROP),
                                rule("traits.name", Action.MASK)))
                .isEqualTo("{'context':{'os':1},'traits':{'name':'****'}}");
    }

    @Test
    void keptValuesAndAbsentOnesStayAsTheyAre() {
        String json = "{'traits':{'plan':'pro','none':null}}";
        assertThat(
                        apply(
                                json,
                                rule("traits.plan", Action.KEEP),
                                rule("traits.none", Action.HASH),
                                rule("traits.other", Action.DROP),
                                rule("nothing.at.all", Action.HASH)))
                .isEqualTo(json);
    }

    @Test
    void aRuleReachesThroughArraysOfAnyDepth() {
        assertThat(
                        apply(
                                "{'p':{'buyers':[[{'email':'a','n':1}],{'email':'b'},3]}}",
                                rule("p.buyers.email", Action.MASK)))
                .isEqualTo("{'p':{'buyers':[[{'email':'****','n':1}],{'email':'****'},3]}}");
        assertThat(apply("{'p':{'phones':['1',2]}}", rule("p.phones", Action.MASK)))
                .isEqualTo("{'p':{'phones':['****','****']}}");
    }

    @Test
    void onAnObjectARuleMeansEachValueInside() {
        assertThat(
                        apply(
                                "{'traits':{'address':{'city':'Bern','geo':{'lat':1.5}}}}",
                                rule("traits.address", Action.MASK)))
                .isEqualTo("{'traits':{'address':{'city':'****','geo':{'lat':'****'}}}}");
    }

    @Test
    void theLongestPathCountsWhereSeveralMeet() {
        assertThat(
                        apply(
                                "{'traits':{'email':'e','name':'n','age':3}}",
                                rule("traits", Action.MASK),
                                rule("traits.email", Action.DROP)))
                .isEqualTo("{'traits':{'name':'****','age':'****'}}");
    }

    @Test
    void everySpellingOfTheColumnIsMet() {
        for (String key : List.of("firstName", "first_name", "First Name", "FIRST-NAME")) {
            assertThat(
                            apply(
                                    "{'traits':{'" + key + "':'Jo'}}",
                                    rule("traits.firstName", Action.DROP)))
                    .as(key)
                    .isEqualTo("{'traits':{}}");
        }
        assertThat(
                        apply(
                                "{'p':{'address_city':'Bern'},'p.address.city':'Bern'}",
                                rule("p.address.city", Action.DROP)))
                .isEqualTo("{'p':{}}");
    }

    @Test
    void numbersAndWordsAreHashedByTheirCharacters() {
        List<String> parts =
                List.of(apply("{'a':1.10,'b':'1.10'}", hash("a"), hash("b")).split("'", -1));
        assertThat(parts.get(3)).isEqualTo(parts.get(7)).hasSize(64);
    }

    @Test
    void noNestingOverflowsTheStackAndWhatIsTooDeepIsMasked() throws Exception {
        String deep = "[".repeat(400) + "{'email':['jen']}" + "]".repeat(400);
        String deeper = "{'email':".repeat(900) + "'jen'" + "}".repeat(900);
        AtomicReference<String> result = new AtomicReference<>("");
        Thread small =
                new Thread(
                        null,
                        () ->
                                result.set(
                                        apply(deep, rule("email", Action.DROP))
                                                + apply(deeper, rule("other", Action.MASK))
                                                + apply(deeper, rule("email", Action.MASK))),
                        "small stack",
                        400_000);
        small.start();
        small.join();
        assertThat(result.get()).contains("[['****']]").endsWith("'****'" + "}".repeat(200));
    }

    @Test
    void anywhereARuleMayBeginAtEachObject() throws InvalidJsonException {
        Json payload =
                JsonReader.read(
                        "{\"0\":[{\"traits\":{\"email\":\"jen\"}}],\"email\":\"jo\"}"
                                .getBytes(StandardCharsets.UTF_8));
        PersonalData rules = new PersonalData(List.of(rule("traits.email", Action.MASK)), HASH);
        assertThat(
                        new String(
                                JsonWriter.bytes(rules.applyAnywhere(payload)),
                                StandardCharsets.UTF_8))
                .isEqualTo("{\"0\":[{\"traits\":{\"email\":\"****\"}}],\"email\":\"jo\"}");
        assertThat(rules.apply(payload)).isEqualTo(payload);
    }

    @Test
    void hashingNeedsAKey() {
        assertThatThrownBy(() -> new PersonalData(List.of(hash("a")), null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(PersonalData.needsKey(List.of(rule("a", Action.MASK)))).isFalse();
    }

    @Property(tries = 200)
    void noDroppedOrHashedTextIsLeftAnywhere(
            @ForAll @AlphaChars @StringLength(min = 12, max = 40) String secret) {
        String json =
                """
                {'traits':{'email':'%1$s','list':[{'Email':'%1$s'}]},'email':'%1$s',\
                'context':{'traits':{'email':['%1$s']}}}\
                """
                        .formatted(secret);
        assertThat(
                        apply(
                                json,
                                hash("traits.email"),
                                rule("traits.list.email", Action.DROP),
                                rule("email", Action.MASK),
                                hash("context.traits")))
                .doesNotContain(secret);
    }

    @Property(tries = 200)
    void equalValuesStayEqualAndOthersDiffer(@ForAll String a, @ForAll String b) {
        String hashed = HASH.of(a);
        assertThat(hashed).isEqualTo(HASH.of(a)).matches("[0-9a-f]{64}");
        if (!Arrays.equals(
                a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8))) {
            assertThat(hashed).isNotEqualTo(HASH.of(b));
        }
        assertThat(hashed).isNotEqualTo(new KeyedHash("another key").of(a));
    }

    private static PiiRule hash(String path) {
        return rule(path, Action.HASH);
    }

    private static PiiRule rule(String path, Action action) {
        return new PiiRule(List.of(path.split("\\.", -1)), action);
    }

    /** Reads and writes JSON with single quotes. */
    private static String apply(String json, PiiRule... rules) {
        try {
            Json payload =
                    JsonReader.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
            Json result = new PersonalData(List.of(rules), HASH).apply(payload);
            return new String(JsonWriter.bytes(result), StandardCharsets.UTF_8).replace('"', '\'');
        } catch (InvalidJsonException e) {
            throw new AssertionError(e);
        }
    }
}
