package dev.millrace.contracts.project.contract;

import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.contracts.project.contract.SchemaObject.UniqueGroup;

import java.math.BigDecimal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Makes rules of quality checks, where a check that allows no bad row is one for each row. */
final class QualityReader {

    private final YamlMapping check;
    private final String path;
    private final List<Unenforced> unenforced;

    private QualityReader(YamlMapping check, String path, List<Unenforced> unenforced) {
        this.check = check;
        this.path = path;
        this.unenforced = unenforced;
    }

    static void ofProperty(
            YamlMapping check,
            String path,
            Consumer<String> unique,
            List<Rule> rules,
            List<Unenforced> unenforced) {
        QualityReader reader = new QualityReader(check, path, unenforced);
        String metric = reader.metricOfEachRow();
        String rule = reader.rule();
        switch (metric) {
            case "nullValues" -> rules.add(new Rule.Required(rule));
            case "missingValues" -> reader.missing(rule, rules);
            case "invalidValues" -> reader.invalid(rule, rules);
            case "duplicateValues" -> unique.accept(rule);
            case "rowCount" -> reader.leaveOut("it counts the rows of the table");
            default -> {}
        }
    }

    static void ofObject(
            YamlMapping check,
            List<Property> properties,
            List<UniqueGroup> unique,
            List<Unenforced> unenforced) {
        QualityReader reader = new QualityReader(check, "", unenforced);
        String metric = reader.metricOfEachRow();
        switch (metric) {
            case "" -> {}
            case "duplicateValues" -> reader.duplicates(properties, unique);
            case "rowCount" -> reader.leaveOut("it counts the rows of the table");
            default -> reader.leaveOut("it is meant for a property");
        }
    }

    /** The metric of a check that holds for each row by itself; or empty, and it is left out. */
    private String metricOfEachRow() {
        String metric = Shape.word(check, "metric");
        if (metric.isEmpty()) {
            leaveOut(
                    switch (Shape.word(check, "type")) {
                        case "sql" -> "a query says something of the table and not of a row";
                        case "custom" ->
                                "it is written for another engine, " + Shape.word(check, "engine");
                        default -> "it is written for people";
                    });
            return "";
        }
        if (metric.equals("rowCount")) {
            return metric;
        }
        String severity = Shape.word(check, "severity");
        if (!severity.isEmpty() && !severity.equalsIgnoreCase("error")) {
            leaveOut("its severity is " + severity + ", and only errors keep rows out");
            return "";
        }
        if (!allowsNone()) {
            leaveOut("it allows for some rows, which only a check of the table can count");
            return "";
        }
        return metric;
    }

    private boolean allowsNone() {
        boolean counts = !Shape.word(check, "unit").equalsIgnoreCase("percent");
        return is("mustBe", BigDecimal.ZERO)
                || is("mustBeLessOrEqualTo", BigDecimal.ZERO)
                || (counts && is("mustBeLessThan", BigDecimal.ONE));
    }

    private boolean is(String operator, BigDecimal number) {
        return check.take(operator)
                .filter(value -> value.isScalar() && value.plain() instanceof Number)
                .filter(value -> Shape.number(value).compareTo(number) == 0)
                .isPresent();
    }

    /** Without a list, null and the empty text stand for a missing value. */
    private void missing(String rule, List<Rule> rules) {
        Optional<YamlValue> listed = argument("missingValues");
        boolean withNull =
                listed.isEmpty() || listed.get().items().stream().anyMatch(YamlValue::isNull);
        Set<String> values = listed.map(this::values).orElse(Set.of(""));
        if (withNull) {
            rules.add(new Rule.Required(rule));
        }
        if (!values.isEmpty()) {
            rules.add(new Rule.NoneOf(values, rule));
        }
    }

    private void invalid(String rule, List<Rule> rules) {
        Optional<YamlValue> valid = argument("validValues");
        Optional<YamlValue> pattern = argument("pattern").filter(YamlValue::isScalar);
        valid.ifPresent(values -> rules.add(new Rule.OneOf(values(values), rule)));
        pattern.flatMap(YamlValue::text)
                .ifPresent(
                        expression ->
                                OptionsReader.matches(
                                        check.take("arguments").orElseThrow().mapping(),
                                        "pattern",
                                        expression,
                                        path,
                                        rules,
                                        unenforced));
        if (valid.isEmpty() && pattern.isEmpty()) {
            leaveOut("it names neither validValues nor a pattern");
        }
    }

    private void duplicates(List<Property> properties, List<UniqueGroup> unique) {
        List<String> names =
                argument("properties")
                        .map(
                                list ->
                                        list.items().stream()
                                                .flatMap(item -> item.text().stream())
                                                .toList())
                        .orElse(List.of());
        Set<String> known = new LinkedHashSet<>();
        properties.forEach(property -> known.add(property.name()));
        if (names.isEmpty() || !known.containsAll(names)) {
            leaveOut("its arguments do not name properties of the object");
        } else {
            unique.add(new UniqueGroup(names, rule()));
        }
    }

    private Optional<YamlValue> argument(String name) {
        return check.take("arguments")
                .flatMap(arguments -> Optional.ofNullable(arguments.mapping().entries().get(name)))
                .filter(value -> !value.isNull());
    }

    /** Scalars as text, numbers without needless zeros; null is no value. */
    private Set<String> values(YamlValue list) {
        Set<String> values = new LinkedHashSet<>();
        for (YamlValue item : list.items()) {
            if (!item.isNull() && item.isScalar()) {
                Object plain = item.plain();
                values.add(
                        plain instanceof Number
                                ? Shape.number(item).stripTrailingZeros().toPlainString()
                                : item.text().orElse(""));
            }
        }
        return values;
    }

    /** The check as it is written, in short. */
    private String rule() {
        String metric = Shape.word(check, "metric");
        String name = Shape.word(check, "name");
        String what = metric.isEmpty() ? "the check of type " + Shape.word(check, "type") : metric;
        return name.isEmpty() ? what : what + " (" + name + ")";
    }

    private void leaveOut(String why) {
        unenforced.add(new Unenforced(check.position(), path, rule(), why));
    }
}
