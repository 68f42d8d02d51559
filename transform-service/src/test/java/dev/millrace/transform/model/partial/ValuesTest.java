package dev.millrace.transform.model.partial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

class ValuesTest {

    private final Codecs codecs = new Codecs();

    enum Colour {
        RED,
        GREEN
    }

    record Point(int x, long y, boolean visible, @Nullable Integer weight, Colour colour) {}

    record Path(String name, @Nullable String alias, List<Point> points, Set<String> tags) {}

    record Picture(Map<String, Path> paths, Map<String, Object> said, @Nullable Instant at) {}

    @Property(tries = 1_000)
    void anyPlainValueIsReadAsItWasWritten(@ForAll("plain") Object value) {
        ValueWriter writer = new ValueWriter();
        codecs.of(Object.class).write(writer, value);

        assertThat(codecs.of(Object.class).read(reader(writer.written()))).isEqualTo(value);
    }

    @Property(tries = 1_000)
    void anyNumberIsReadAsItWasWritten(@ForAll long number) {
        ValueWriter writer = new ValueWriter();
        writer.number(number);

        assertThat(reader(writer.written()).number()).isEqualTo(number);
    }

    @Property(tries = 2_000)
    void anyBytesAreReadOrSaidToBeDamaged(@ForAll byte[] bytes) {
        readOrDamaged(bytes);
    }

    @Property(tries = 2_000)
    void aWrittenPictureWithAChangedByteIsReadOrSaidToBeDamaged(
            @ForAll int place, @ForAll byte changed) {
        byte[] bytes = written(picture());
        bytes[Math.floorMod(place, bytes.length)] = changed;

        readOrDamaged(bytes);
    }

    @Example
    void recordsAreReadAsTheyWereWritten() {
        assertThat(read(written(picture()))).isEqualTo(picture());
    }

    @Example
    void theOrderOfMappingsAndListsIsKept() {
        Map<String, Object> said = new LinkedHashMap<>();
        List.of("z", "a", "m").forEach(key -> said.put(key, key));
        Picture read = read(written(new Picture(Map.of(), said, null)));

        assertThat(read.said()).containsExactlyEntriesOf(said);
    }

    @Example
    void recordsThatComeAgainAreOneObjectAfterwards() {
        Picture read = read(written(picture()));

        List<Point> points = read.paths().values().iterator().next().points();
        assertThat(points.get(1)).isEqualTo(points.get(0)).isSameAs(points.get(2));
        assertThat(points.get(3)).isNotEqualTo(points.get(0));
    }

    @Example
    void whatEndsEarlyIsDamagedWhereverItEnds() {
        byte[] bytes = written(picture());
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = java.util.Arrays.copyOf(bytes, length);

            assertThatThrownBy(() -> codecs.of(Picture.class).read(reader(part)))
                    .isInstanceOf(DamagedException.class);
        }
    }

    @Example
    void aSizeThatCannotBeIsRefusedBeforeAnythingIsMadeOfIt() {
        ValueWriter writer = new ValueWriter();
        writer.octet(9);
        writer.number(Integer.MAX_VALUE);

        assertThatThrownBy(() -> codecs.of(Object.class).read(reader(writer.written())))
                .isInstanceOf(DamagedException.class)
                .hasMessageContaining("2147483647");
    }

    @Example
    void nestingWithoutEndIsRefused() {
        ValueWriter writer = new ValueWriter();
        for (int depth = 0; depth < 100_000; depth++) {
            writer.octet(9);
            writer.number(1);
        }

        assertThatThrownBy(() -> codecs.of(Object.class).read(reader(writer.written())))
                .isInstanceOf(DamagedException.class)
                .hasMessageContaining("too deeply");
    }

    @Example
    void largeRecordsAndWhatComesAfterThemAreReadAsTheyWereWritten() {
        Point small = new Point(1, 2, true, null, Colour.RED);
        Path large = new Path("x".repeat(5_000), null, List.of(small), Set.of());
        Picture picture =
                new Picture(
                        Map.of(
                                "a",
                                large,
                                "b",
                                large,
                                "c",
                                new Path("", "", List.of(small), Set.of())),
                        Map.of(),
                        null);

        assertThat(read(written(picture))).isEqualTo(picture);
    }

    @Example
    void halfACharacterCannotBeKept() {
        assertThatThrownBy(() -> new ValueWriter().text("\ud800"))
                .isInstanceOf(UnkeepableException.class);
        ValueWriter whole = new ValueWriter();
        whole.text("\ud83c\udf0d é");
        assertThat(reader(whole.written()).text()).isEqualTo("\ud83c\udf0d é");
    }

    @Example
    void valuesOfOtherKindsCannotBeKept() {
        assertThatThrownBy(
                        () ->
                                codecs.of(Object.class)
                                        .write(new ValueWriter(), List.of(LocalDate.EPOCH)))
                .isInstanceOf(UnkeepableException.class)
                .hasMessageContaining("LocalDate");
        assertThatThrownBy(() -> codecs.of(Thread.class))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private Picture read(byte[] bytes) {
        return (Picture) Objects.requireNonNull(codecs.of(Picture.class).read(reader(bytes)));
    }

    private void readOrDamaged(byte[] bytes) {
        try {
            codecs.of(Picture.class).read(reader(bytes));
        } catch (DamagedException damaged) {
            assertThat(damaged.getMessage()).isNotBlank();
        }
    }

    private byte[] written(Picture picture) {
        ValueWriter writer = new ValueWriter();
        codecs.of(Picture.class).write(writer, picture);
        return writer.written();
    }

    private static Picture picture() {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("length", 3.5);
        said.put("parts", List.of("a", 1L, 2, true, new BigDecimal("0.10")));
        Point point = new Point(-1, 1L << 40, true, null, Colour.GREEN);
        Path path =
                new Path(
                        "path",
                        null,
                        List.of(point, point, point, new Point(0, 0, false, 7, Colour.RED)),
                        Set.of("tag"));
        return new Picture(Map.of("first", path), said, Instant.parse("2026-01-01T00:00:00.5Z"));
    }

    private static ValueReader reader(byte[] bytes) {
        return new ValueReader(bytes, 0);
    }

    @Provide
    Arbitrary<Object> plain() {
        Arbitrary<Object> simple =
                Arbitraries.oneOf(
                        Arbitraries.strings().map(text -> text),
                        Arbitraries.longs().map(number -> number),
                        Arbitraries.integers().map(number -> number),
                        Arbitraries.doubles().map(number -> number),
                        Arbitraries.of(true, false),
                        Arbitraries.bigIntegers().map(number -> number),
                        Arbitraries.bigDecimals().map(number -> number),
                        Arbitraries.of(BigInteger.TWO.pow(100)));
        return Arbitraries.recursive(
                () -> simple,
                inner ->
                        Arbitraries.oneOf(
                                inner.injectNull(0.1)
                                        .list()
                                        .ofMaxSize(4)
                                        .map(list -> (Object) new ArrayList<>(list)),
                                Arbitraries.maps(Arbitraries.strings().ofMaxLength(3), inner)
                                        .ofMaxSize(4)
                                        .map(map -> map)),
                0,
                3);
    }
}
