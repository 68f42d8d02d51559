package dev.millrace.serving.query.export;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.QuoteMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

class CsvFormTest {

    /** A reader to which an empty field is null, and an empty text in quotes is not. */
    private static final CSVFormat READER =
            CSVFormat.RFC4180
                    .builder()
                    .setNullString("")
                    .setQuoteMode(QuoteMode.ALL_NON_NULL)
                    .setIgnoreEmptyLines(false)
                    .get();

    @Property(tries = 500)
    void whatIsWrittenIsRead(@ForAll("tables") List<List<String>> table) throws IOException {
        int width = table.getFirst().size();
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (List<String> row : table) {
            rows.add(row.stream().map(CsvFormTest::orNull).toList());
        }

        assertThat(read(csv(width, rows))).isEqualTo(rows);
    }

    /** jqwik has no lists with null in them. */
    private static @Nullable String orNull(String text) {
        return text.equals("\u0000null") ? null : text;
    }

    @Provide
    Arbitrary<List<List<String>>> tables() {
        Arbitrary<String> field =
                Arbitraries.oneOf(
                        Arbitraries.strings()
                                .withChars(',', '"', '\r', '\n', ' ', '\t', ';', '\'', '=', 'a')
                                .ofMaxLength(8),
                        Arbitraries.strings()
                                .all()
                                .ofMaxLength(12)
                                .filter(
                                        text ->
                                                StandardCharsets.UTF_8
                                                        .newEncoder()
                                                        .canEncode(text)),
                        Arbitraries.of("", "\u0000null", "\uFEFF", "😀,\"", "\"\"", "NULL"));
        return Arbitraries.integers()
                .between(1, 5)
                .flatMap(width -> field.list().ofSize(width).list().ofMinSize(1).ofMaxSize(8));
    }

    private static byte[] csv(int width, List<List<@Nullable String>> rows) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<ExportColumn> columns =
                IntStream.range(0, width)
                        .mapToObj(
                                i ->
                                        new ExportColumn(
                                                "cube.c" + i,
                                                ColumnType.Plain.TEXT,
                                                Map.of(),
                                                UnaryOperator.identity()))
                        .toList();
        RowForm form = ExportFormat.CSV.open(out, columns);
        for (List<@Nullable String> row : rows) {
            form.write(row.toArray(new String[0]));
        }
        form.end();
        return out.toByteArray();
    }

    private static List<List<@Nullable String>> read(byte[] csv) throws IOException {
        try (CSVParser parser = CSVParser.parse(new String(csv, StandardCharsets.UTF_8), READER)) {
            List<List<@Nullable String>> rows = new ArrayList<>();
            parser.getRecords().stream()
                    .skip(1)
                    .forEach(row -> rows.add(Arrays.asList(row.values())));
            return rows;
        }
    }

    @Test
    void nullAndTheEmptyTextAreToldApart() throws IOException {
        assertThat(text(Arrays.asList("", null, "x")))
                .isEqualTo("cube.c0,cube.c1,cube.c2\r\n\"\",,x\r\n");
    }

    @Test
    void aLineOfOneNullIsThereToo() throws IOException {
        assertThat(text(Arrays.asList((String) null))).isEqualTo("cube.c0\r\n\r\n");
    }

    @Test
    void quotesAreDoubledAndOnlyWhereTheyAreNeeded() throws IOException {
        assertThat(text(List.of("say \"hi\"", "a,b", "a\nb", "a;b", "it's")))
                .endsWith("\r\n\"say \"\"hi\"\"\",\"a,b\",\"a\nb\",a;b,it's\r\n");
    }

    @Test
    void formulasAreLeftAsTheyAre() throws IOException {
        assertThat(text(List.of("=1+1", "@x", "-2", "+3"))).endsWith("\r\n=1+1,@x,-2,+3\r\n");
    }

    private static String text(List<@Nullable String> row) throws IOException {
        return new String(csv(row.size(), List.of(row)), StandardCharsets.UTF_8);
    }
}
