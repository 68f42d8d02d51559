package dev.millrace.transform.landing.contract;

import dev.millrace.contracts.project.contract.LogicalType;
import dev.millrace.contracts.project.contract.Property;
import dev.millrace.contracts.project.contract.Rule;
import dev.millrace.contracts.project.contract.TemporalForm;
import dev.millrace.transform.landing.value.Json;
import dev.millrace.transform.schema.ColumnType;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** What each value of a property is held to, compiled once. */
final class ValueRule {

    private final String type;
    private final @Nullable Conversion conversion;
    private final boolean never;
    private final List<Check> checks = new ArrayList<>();
    private final @Nullable JsonRule json;

    private ValueRule(
            String type, @Nullable Conversion conversion, boolean never, @Nullable JsonRule json) {
        this.type = type;
        this.conversion = conversion;
        this.never = never;
        this.json = json;
    }

    static ValueRule of(Property property) {
        ColumnType column = ColumnTypes.of(property);
        LogicalType meaning = ColumnTypes.meaning(property);
        ValueRule rule =
                new ValueRule(
                        typeText(property),
                        column == null || meaning == null
                                ? null
                                : new Conversion(meaning, column, form(property, column)),
                        false,
                        JsonRule.of(property));
        for (Rule each : property.rules()) {
            Check check = Check.of(each);
            if (check != null) {
                rule.checks.add(check);
            }
        }
        return rule;
    }

    /** For the column of an object whose members have columns: nothing may be there itself. */
    static ValueRule ofObject(Property property) {
        return new ValueRule(typeText(property), null, true, null);
    }

    private static @Nullable TemporalForm form(Property property, ColumnType column) {
        if (property.temporal() != null) {
            return property.temporal();
        }
        return switch (column) {
            case DATE -> TemporalForm.iso(LogicalType.DATE, false);
            case TIME -> TemporalForm.iso(LogicalType.TIME, false);
            case TIMESTAMP, TIMESTAMPTZ ->
                    TemporalForm.iso(LogicalType.TIMESTAMP, column == ColumnType.TIMESTAMPTZ);
            default -> null;
        };
    }

    private static String typeText(Property property) {
        StringBuilder text = new StringBuilder();
        LogicalType logical = property.type();
        if (logical != null) {
            text.append("logicalType ").append(logical.word());
        }
        if (property.physicalType() != null) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append("physicalType ")
                    .append(property.physicalType());
        }
        if (property.temporal() != null && property.temporal().format() != null) {
            text.append(", format ").append(property.temporal().format());
        }
        return text.toString();
    }

    /**
     * The type that values are held to, as people read it; empty if the contract leaves it open.
     */
    String type() {
        return type;
    }

    /** The rules beside the type, as people read them. */
    List<String> texts() {
        List<String> texts = new ArrayList<>();
        checks.forEach(check -> texts.add(check.text()));
        if (json != null) {
            texts.addAll(json.texts());
        }
        return texts;
    }

    /** The value as its column's type, or as it is if it is not of that type. */
    Object convert(Object value) {
        Object converted = conversion == null ? value : conversion.convert(value);
        return converted == null ? value : converted;
    }

    /** The value as its column's type; what is wrong about it goes to the violations. */
    Object check(Object value, ColumnRule at, String property, Violations violations) {
        Object converted = never ? null : conversion == null ? value : conversion.convert(value);
        if (converted == null) {
            violations.add(at, property, type, value);
            return value;
        }
        Object compared = conversion == null ? converted : conversion.comparable(converted);
        for (Check check : checks) {
            if (!check.test().admits(check.compares() ? compared : converted)) {
                violations.add(at, property, check.text(), value);
            }
        }
        if (json != null && converted instanceof Json text) {
            json.check(text, at, property, violations);
        }
        return converted;
    }
}
