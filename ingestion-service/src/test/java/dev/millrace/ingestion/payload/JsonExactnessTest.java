package dev.millrace.ingestion.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.ref.WeakReference;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class JsonExactnessTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "1.10",
                "1e400",
                "1E+5",
                "-1.5e-300",
                "9007199254740993",
                "123456789012345678901234567890.000",
                "1e99999999999",
                "0.1000000000000000055511151231257827021181583404541015625"
            })
    void numbersKeepTheirDigits(String digits) throws InvalidJsonException {
        assertThat(roundTrip("{\"n\":" + digits + "}")).isEqualTo("{\"n\":" + digits + "}");
    }

    @Test
    void numbersOfFourHundredDigitsAndMorePass() throws InvalidJsonException {
        String digits = "7".repeat(30_000);
        assertThat(roundTrip("[" + digits + ",-0." + digits + "]"))
                .isEqualTo("[" + digits + ",-0." + digits + "]");
    }

    @Test
    void ofDuplicateKeysTheLastValueCountsAtTheFirstPlace() throws InvalidJsonException {
        assertThat(roundTrip("{\"a\":1,\"b\":2,\"a\":{\"c\":3}}"))
                .isEqualTo("{\"a\":{\"c\":3},\"b\":2}");
    }

    @Test
    void nulAndLoneSurrogatesStayWhatTheyWere() throws InvalidJsonException {
        String json = "[\"a\\u0000b\",\"\\ud800\",\"\\udc00\\ud800x\",\"\\u001f\"]";
        assertThat(roundTrip(json)).isEqualTo(json);
    }

    @Test
    void textOfAllPlanesIsWrittenAsItIs() throws InvalidJsonException {
        String json = "[\"Zürich – 漢字 😀 \\\" \\\\ \\n\\r\\t / \u2028\"]";
        assertThat(roundTrip(json)).isEqualTo(json);
        assertThat(roundTrip("[\"\\ud83d\\ude00\\u00fc\"]")).isEqualTo("[\"😀ü\"]");
    }

    @Test
    void emptyContainersAndWordsPass() throws InvalidJsonException {
        assertThat(roundTrip(" { } ")).isEqualTo("{}");
        assertThat(roundTrip("[ ]")).isEqualTo("[]");
        assertThat(roundTrip("[true , false,null]")).isEqualTo("[true,false,null]");
        assertThat(roundTrip("\"alone\"")).isEqualTo("\"alone\"");
        assertThat(roundTrip("\uFEFF{}")).isEqualTo("{}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1,",
                "{\"a\"",
                "{\"a\":}",
                "{a:1}",
                "[1 2]",
                "{}{}",
                "{} x",
                "NaN",
                "'a'",
                "[1,]",
                "// c\n1",
                "01",
                "+1",
                ".5",
                "1.",
                "\"\\x\"",
                "\"a\nb\"",
                "\0{}",
                "tru",
                "[\"\\ud8\"]"
            })
    void whatIsNoJsonIsRefused(String text) {
        assertThatThrownBy(() -> JsonReader.read(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(InvalidJsonException.class);
    }

    @Test
    void otherEncodingsThanUtf8AreRefused() {
        for (String charset : List.of("UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32")) {
            assertThatThrownBy(
                            () -> JsonReader.read("{\"a\":1}".getBytes(Charset.forName(charset))))
                    .as(charset)
                    .isInstanceOf(InvalidJsonException.class);
        }
        assertThatThrownBy(() -> JsonReader.read("[\"ü\"]".getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOf(InvalidJsonException.class);
    }

    @Test
    void aNestingBombIsRefusedAndAModeratelyDeepTextIsNot() throws InvalidJsonException {
        String deep = "[".repeat(900) + "]".repeat(900);
        assertThat(roundTrip(deep)).isEqualTo(deep);
        byte[] bomb = "[".repeat(400_000).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> JsonReader.read(bomb)).isInstanceOf(InvalidJsonException.class);
    }

    @Test
    void aNameIsForgottenWithItsText() throws InvalidJsonException {
        WeakReference<String> name = nameOf("{\"" + "k".repeat(20_000) + "\":1}");
        for (int i = 0; i < 20 && !name.refersTo(null); i++) {
            System.gc();
        }
        assertThat(name.refersTo(null)).isTrue();
    }

    private static WeakReference<String> nameOf(String json) throws InvalidJsonException {
        Json.Struct struct = (Json.Struct) JsonReader.read(json.getBytes(StandardCharsets.UTF_8));
        return new WeakReference<>(struct.fields().keySet().iterator().next());
    }

    @Property(tries = 200)
    void everyValueOfAnArrayStandsWhereItIsSaidToAndCanBePassedBy(
            @ForAll("values") Json first, @ForAll("values") Json second, @ForAll boolean marked)
            throws InvalidJsonException {
        String text =
                (marked ? "\uFEFF" : "") + "[ " + written(first) + " ,\n" + written(second) + "]";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (JsonReader reader = new JsonReader(bytes)) {
            reader.next();
            reader.next();
            int begin = reader.tokenStart();
            reader.skip();
            assertThat(slice(bytes, begin, reader.position())).isEqualTo(written(first));
            reader.next();
            begin = reader.tokenStart();
            assertThat(reader.value()).isEqualTo(second);
            assertThat(slice(bytes, begin, reader.position())).isEqualTo(written(second));
        }
    }

    @Property(tries = 300)
    void whatIsPassedByIsCheckedAsIfItWereRead(
            @ForAll("values") Json value, @ForAll int place, @ForAll byte damage) {
        byte[] bytes = JsonWriter.bytes(value);
        bytes[Math.floorMod(place, bytes.length)] = damage;
        assertThat(isRefused(() -> skipAll(bytes)))
                .isEqualTo(isRefused(() -> JsonReader.read(bytes)));
    }

    private static void skipAll(byte[] bytes) throws InvalidJsonException {
        try (JsonReader reader = new JsonReader(bytes)) {
            reader.next();
            reader.skip();
            reader.end();
        }
    }

    private static boolean isRefused(Reading reading) {
        try {
            reading.read();
            return false;
        } catch (InvalidJsonException e) {
            return true;
        }
    }

    @FunctionalInterface
    private interface Reading {
        void read() throws InvalidJsonException;
    }

    private static String written(Json value) {
        return new String(JsonWriter.bytes(value), StandardCharsets.UTF_8);
    }

    private static String slice(byte[] bytes, int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.UTF_8);
    }

    @Property(tries = 300)
    void whatIsReadIsWrittenTheSame(@ForAll("values") Json value) throws InvalidJsonException {
        assertThat(JsonReader.read(JsonWriter.bytes(value))).isEqualTo(value);
    }

    @Property
    void noBytesDoMoreThanBeRefused(@ForAll byte[] bytes) {
        assertRefusedAtMost(bytes);
    }

    @Property(tries = 300)
    void noDamagedJsonDoesMoreThanBeRefused(
            @ForAll("values") Json value, @ForAll int place, @ForAll byte damage) {
        byte[] bytes = JsonWriter.bytes(value);
        bytes[Math.floorMod(place, bytes.length)] = damage;
        assertRefusedAtMost(bytes);
    }

    @Test
    void everyValidCaseOfTheJsonTestSuiteIsReadAndKept() throws Exception {
        Path folder = Corpora.folder("json");
        assumeThat(folder).as("corpora/json is absent").isDirectory();
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> cases = files.filter(JsonExactnessTest::isValidCase).toList();
            assertThat(cases).hasSizeGreaterThan(50);
            for (Path file : cases) {
                Json value = JsonReader.read(Files.readAllBytes(file));
                assertThat(JsonReader.read(JsonWriter.bytes(value)))
                        .as(file.toString())
                        .isEqualTo(value);
            }
        }
    }

    @Test
    void everyNaughtyStringIsReadAndKept() throws Exception {
        Path file = Corpora.folder("strings").resolve("blns.json");
        assumeThat(file).as("corpora/strings is absent").exists();
        Json value = JsonReader.read(Files.readAllBytes(file));
        assertThat(JsonReader.read(JsonWriter.bytes(value))).isEqualTo(value);
    }

    @Provide
    Arbitrary<Json> values() {
        Arbitrary<Json> scalars =
                Arbitraries.oneOf(
                        Arbitraries.strings().map(Json.Text::new),
                        Arbitraries.bigDecimals().map(n -> new Json.Numeral(n.toString())),
                        Arbitraries.of(Json.Literal.class).map(literal -> (Json) literal));
        return Arbitraries.recursive(
                () -> scalars,
                inner ->
                        Arbitraries.oneOf(
                                inner.list().ofMaxSize(4).map(Json.Sequence::new),
                                Arbitraries.maps(Arbitraries.strings(), inner)
                                        .ofMaxSize(4)
                                        .map(JsonExactnessTest::struct)),
                0,
                3);
    }

    private static Json struct(Map<String, Json> fields) {
        return new Json.Struct(new LinkedHashMap<>(fields));
    }

    private static boolean isValidCase(Path file) {
        return String.valueOf(file.getFileName()).startsWith("y_");
    }

    private static void assertRefusedAtMost(byte[] bytes) {
        try {
            assertThat(JsonReader.read(bytes)).isNotNull();
        } catch (InvalidJsonException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    private static String roundTrip(String json) throws InvalidJsonException {
        return new String(
                JsonWriter.bytes(JsonReader.read(json.getBytes(StandardCharsets.UTF_8))),
                StandardCharsets.UTF_8);
    }
}
