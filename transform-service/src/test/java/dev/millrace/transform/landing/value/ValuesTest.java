package dev.millrace.transform.landing.value;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;

import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;

class ValuesTest {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static String copied(String json) {
        try (JsonParser parser =
                JsonFactory.builder().build().createParser(ObjectReadContext.empty(), json)) {
            parser.nextToken();
            return JsonText.copy(parser).toString();
        }
    }

    @Test
    void numbersAreExactUpToWhatNumericHoldsAndTextBeyond() {
        assertThat(Numbers.parse("12.50")).isEqualTo(new BigDecimal("12.50"));
        assertThat(Numbers.parse("1e3")).isEqualTo(new BigDecimal("1e3"));
        assertThat(Numbers.parse("1e131071")).isInstanceOf(BigDecimal.class);
        assertThat(Numbers.parse("1e131072")).isEqualTo("1e131072");
        assertThat(Numbers.parse("1e-16383")).isInstanceOf(BigDecimal.class);
        assertThat(Numbers.parse("1e-16384")).isEqualTo("1e-16384");
        assertThat(Numbers.parse("1e400000")).isEqualTo("1e400000");
        assertThat(Numbers.parse("1e99999999999")).isEqualTo("1e99999999999");
        assertThat(Numbers.parse("0e400000")).isEqualTo(BigDecimal.ZERO);
        assertThat(Numbers.parse(BigInteger.TEN.pow(131_072))).isInstanceOf(String.class);
        assertThat(Numbers.parse(BigInteger.TEN.pow(131_071))).isInstanceOf(BigDecimal.class);
    }

    @Test
    void wholeNumbersInAnySpellingFitIntoBigint() {
        assertThat(Numbers.isBigint(new BigDecimal("10.00"))).isTrue();
        assertThat(Numbers.isBigint(new BigDecimal("1e18"))).isTrue();
        assertThat(Numbers.isBigint(new BigDecimal("9223372036854775807"))).isTrue();
        assertThat(Numbers.isBigint(new BigDecimal("9223372036854775808"))).isFalse();
        assertThat(Numbers.isBigint(new BigDecimal("1e100000"))).isFalse();
        assertThat(Numbers.isBigint(new BigDecimal("0.5"))).isFalse();
    }

    @Test
    void whatTextCannotHoldBecomesTheReplacementCharacter() {
        assertThat(Text.clean("a\0b")).isEqualTo("a\uFFFDb");
        assertThat(Text.clean("\uD800x")).isEqualTo("\uFFFDx");
        assertThat(Text.clean("x\uDC00")).isEqualTo("x\uFFFD");
        assertThat(Text.clean("\uDC00\uD800")).isEqualTo("\uFFFD\uFFFD");
        assertThat(Text.clean("𝄞 fine")).isEqualTo("𝄞 fine");
    }

    @Property
    void stringsAreEncodedAsJavaEncodesThem(@ForAll String text) {
        String clean = Text.clean(text);
        Bytes bytes = new Bytes(1);
        bytes.addUtf8(clean);

        assertThat(bytes.toByteArray()).isEqualTo(clean.getBytes(StandardCharsets.UTF_8));
    }

    @Property
    void jsonStringsAreReadAsTheyWereWritten(@ForAll String text) {
        String clean = Text.clean(text);
        Bytes bytes = new Bytes(1);
        JsonText.string(bytes, clean);

        assertThat(MAPPER.readValue(bytes.toByteArray(), String.class)).isEqualTo(clean);
    }

    @Test
    void jsonIsCopiedDigitByDigitButForWhatJsonbCannotHold() {
        assertThat(copied("[1.10, 1e2, {\"a\": [], \"b\": {}}, null, true, false, \"x\"]"))
                .isEqualTo("[1.10,1e2,{\"a\":[],\"b\":{}},null,true,false,\"x\"]");
        assertThat(copied("[1e400000, 0e400000, -1E+131071]"))
                .isEqualTo("[\"1e400000\",0,-1E+131071]");
        assertThat(copied("{\"a\\u0000b\": \"\\u0000\\ud800\\n\\u0001\\\"\"}"))
                .isEqualTo("{\"a\uFFFDb\":\"\uFFFD\uFFFD\\n\\u0001\\\"\"}");
        assertThat(copied("[[[]], {}, [1]]")).isEqualTo("[[[]],{},[1]]");
    }

    @Property
    void everyDayIsReadBack(@ForAll @IntRange(min = -719_162, max = 2_932_896) int epochDay) {
        String text = LocalDate.ofEpochDay(epochDay).toString();

        assertThat(Day.parse(text)).isEqualTo(new Day(epochDay, text));
    }

    @Test
    void whatIsNoDayIsNone() {
        assertThat(
                        Stream.of(
                                "2026-02-30",
                                "2026-1-1",
                                "2026/01/01",
                                "0000-01-01",
                                "２026-01-01",
                                ""))
                .allSatisfy(text -> assertThat(Day.parse(text)).isNull());
    }

    @Property
    void everyUuidIsReadBackInEitherCase(@ForAll long most, @ForAll long least) {
        String text = new UUID(most, least).toString();

        assertThat(Uuid.parse(text)).isEqualTo(new Uuid(most, least, text));
        String capitals = text.toUpperCase(Locale.ROOT);
        assertThat(Uuid.parse(capitals)).isEqualTo(new Uuid(most, least, capitals));
    }

    @Test
    void whatIsNoUuidIsNone() {
        assertThat(
                        Stream.of(
                                "0195c0de000070008000000000000001",
                                "0195c0de-0000-7000-8000-00000000000g",
                                "0195c0de-0000-7000-8000-0000000000é1",
                                "0195c0de-0000-7000-8000_000000000001",
                                ""))
                .allSatisfy(text -> assertThat(Uuid.parse(text)).isNull());
    }
}
