package dev.millrace.transform.model.parse;

import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.transform.jinja.JinjaException;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.manifest.UnitTest;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the rows of unit tests, in each of the ways to write them. */
final class UnitTestRows {

    private static final Pattern REF =
            Pattern.compile("\\s*ref\\s*\\(.*?['\"]([^'\"]+)['\"]\\s*\\)\\s*");

    private final PropertyItem item;
    private final ProjectFiles files;
    private final Manifest manifest;

    /**
     * @param manifest nodes, among them the seeds whose rows may be used
     */
    UnitTestRows(PropertyItem item, ProjectFiles files, Manifest manifest) {
        this.item = item;
        this.files = files;
        this.manifest = manifest;
    }

    /**
     * The rows of one input, or those that are expected.
     *
     * @param what how messages call it
     * @param input the seed, whose own rows are meant if none are written; null for none
     * @throws JinjaException if they are not written as their format wants
     */
    UnitTest.Rows read(Map<?, ?> written, String what, @Nullable String input) {
        String format = written.get("format") == null ? "dict" : written.get("format").toString();
        Object rows = written.get("rows");
        Object fixture = written.get("fixture");
        return switch (format) {
            case "dict" -> new UnitTest.Rows(format, dicts(rows, fixture, what, input), null);
            case "csv" ->
                    new UnitTest.Rows(format, CsvRows.of(text(rows, fixture, what, format)), null);
            case "sql" ->
                    new UnitTest.Rows(format, List.of(), text(rows, fixture, what, format).strip());
            default ->
                    throw new JinjaException(
                            "the format of " + what + " is dict, csv or sql, not '" + format + "'");
        };
    }

    private List<Map<String, @Nullable Object>> dicts(
            @Nullable Object rows, @Nullable Object fixture, String what, @Nullable String input) {
        if (rows == null && fixture == null && input != null) {
            return seed(input, what);
        }
        if (!(rows instanceof List<?> list)) {
            throw new JinjaException(
                    what + " needs 'rows', a list of dicts; say 'format: csv' or sql for others");
        }
        List<Map<String, @Nullable Object>> dicts = new ArrayList<>();
        for (Object row : list) {
            if (!(row instanceof Map<?, ?> map)) {
                throw new JinjaException(what + " has a row that is no dict: " + row);
            }
            Map<String, @Nullable Object> dict = new LinkedHashMap<>();
            map.forEach((name, value) -> dict.put(String.valueOf(name), value));
            dicts.add(dict);
        }
        return dicts;
    }

    private String text(
            @Nullable Object rows, @Nullable Object fixture, String what, String format) {
        if (fixture != null) {
            return new Fixtures(files)
                    .text(item.dbtPackage(), fixture.toString(), format)
                    .orElseThrow(
                            () ->
                                    new JinjaException(
                                            "there is no fixture '"
                                                    + fixture
                                                    + "' for "
                                                    + what
                                                    + "; it would be the file fixtures/"
                                                    + fixture
                                                    + "."
                                                    + format
                                                    + " in a directory of tests"));
        }
        if (rows instanceof String text) {
            return text;
        }
        throw new JinjaException(
                what + " has the format " + format + " and needs 'rows', a text, or a 'fixture'");
    }

    private List<Map<String, @Nullable Object>> seed(String input, String what) {
        Matcher matcher = REF.matcher(input);
        Node seed =
                matcher.matches()
                        ? manifest.find(
                                        new Node.Ref(null, matcher.group(1), null),
                                        item.dbtPackage().name())
                                .orElse(null)
                        : null;
        if (seed == null || seed.type() != ResourceType.SEED) {
            throw new JinjaException(what + " needs 'rows'; only a seed has rows of its own");
        }
        return CsvRows.of(files.text(seed.position().file()));
    }
}
