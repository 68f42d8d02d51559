package dev.millrace.contracts.project.contract;

import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;

/** Makes rules of a property's {@code logicalTypeOptions}. */
final class OptionsReader {

    private static final Map<String, Rule.Side> SIDES =
            Map.of(
                    "minimum", Rule.Side.MINIMUM,
                    "exclusiveMinimum", Rule.Side.EXCLUSIVE_MINIMUM,
                    "maximum", Rule.Side.MAXIMUM,
                    "exclusiveMaximum", Rule.Side.EXCLUSIVE_MAXIMUM);

    private final YamlMapping options;
    private final String path;
    private final @Nullable LogicalType type;
    private final @Nullable TemporalForm temporal;
    private final List<Rule> rules;
    private final List<Unenforced> unenforced;

    OptionsReader(
            YamlMapping options,
            String path,
            @Nullable LogicalType type,
            @Nullable TemporalForm temporal,
            List<Rule> rules,
            List<Unenforced> unenforced) {
        this.options = options;
        this.path = path;
        this.type = type;
        this.temporal = temporal;
        this.rules = rules;
        this.unenforced = unenforced;
    }

    void read() {
        switch (type) {
            case STRING -> text();
            case DATE, TIMESTAMP, TIME -> limits();
            case INTEGER, NUMBER -> {
                limits();
                options.take("multipleOf")
                        .ifPresent(it -> rules.add(new Rule.MultipleOf(Shape.number(it))));
                numberFormat();
            }
            case OBJECT -> {
                count("minProperties", Rule.MinProperties::new);
                count("maxProperties", Rule.MaxProperties::new);
                List<String> required = options.texts("required");
                if (!required.isEmpty()) {
                    rules.add(new Rule.RequiredMembers(required));
                }
            }
            case ARRAY -> {
                count("minItems", Rule.MinItems::new);
                count("maxItems", Rule.MaxItems::new);
                if (options.flag("uniqueItems", false)) {
                    rules.add(new Rule.UniqueItems());
                }
            }
            case BOOLEAN -> {}
            case null -> {}
        }
    }

    private void text() {
        count("minLength", Rule.MinLength::new);
        count("maxLength", Rule.MaxLength::new);
        String pattern = options.text("pattern");
        if (pattern != null) {
            matches(options, "pattern", pattern, path, rules, unenforced);
        }
        String format = options.text("format");
        if (format != null) {
            TextFormat.of(format)
                    .ifPresentOrElse(
                            known -> rules.add(new Rule.Format(known)),
                            () ->
                                    leaveOut(
                                            "format",
                                            "format " + format,
                                            "there is no check for a format of this name"));
        }
    }

    /** Adds a rule for an expression that RE2 can run. */
    static void matches(
            YamlMapping where,
            String key,
            String expression,
            String path,
            List<Rule> rules,
            List<Unenforced> unenforced) {
        switch (Expressions.verdict(expression)) {
            case GOOD -> rules.add(new Rule.Matches(expression, "pattern " + expression));
            case BEYOND_RE2 ->
                    unenforced.add(
                            new Unenforced(
                                    where.position(key),
                                    path,
                                    "pattern " + expression,
                                    "expressions are RE2's, without look-around, back references,"
                                            + " or more than 1,000 characters or repetitions"));
            case NO_EXPRESSION ->
                    where.reject(key, "'" + expression + "' is no regular expression");
        }
    }

    private void count(String key, IntFunction<Rule> rule) {
        options.take(key)
                .map(Shape::number)
                .map(count -> count.min(BigDecimal.valueOf(Integer.MAX_VALUE)))
                .ifPresent(count -> rules.add(rule.apply(count.intValue())));
    }

    private void limits() {
        for (String key : List.of("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")) {
            Rule.Side side = SIDES.get(key);
            options.take(key)
                    .ifPresent(written -> limit(key, Objects.requireNonNull(side), written));
        }
    }

    private void limit(String key, Rule.Side side, YamlValue written) {
        String text = key + " " + written.text().orElse("");
        if (temporal == null) {
            rules.add(new Rule.Limit(side, Shape.number(written), text));
            return;
        }
        Long position = temporal.positionOfLimit(written.text().orElse(""));
        if (position == null) {
            leaveOut(key, text, "it is not written in the property's format, nor by ISO 8601");
        } else {
            rules.add(new Rule.Limit(side, BigDecimal.valueOf(position), text));
        }
    }

    private void numberFormat() {
        String format = options.text("format");
        if (format == null) {
            return;
        }
        int bits = Integer.parseInt(format.substring(1));
        BigDecimal least;
        BigDecimal most;
        switch (format.charAt(0)) {
            case 'i' -> {
                least = new BigDecimal(BigInteger.TWO.pow(bits - 1).negate());
                most = new BigDecimal(BigInteger.TWO.pow(bits - 1).subtract(BigInteger.ONE));
            }
            case 'u' -> {
                least = BigDecimal.ZERO;
                most = new BigDecimal(BigInteger.TWO.pow(bits).subtract(BigInteger.ONE));
            }
            default -> {
                most = new BigDecimal(bits == Float.SIZE ? Float.MAX_VALUE : Double.MAX_VALUE);
                least = most.negate();
            }
        }
        rules.add(new Rule.Limit(Rule.Side.MINIMUM, least, "format " + format));
        rules.add(new Rule.Limit(Rule.Side.MAXIMUM, most, "format " + format));
    }

    private void leaveOut(String key, String rule, String why) {
        unenforced.add(new Unenforced(options.position(key), path, rule, why));
    }
}
