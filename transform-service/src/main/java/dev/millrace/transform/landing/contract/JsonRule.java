package dev.millrace.transform.landing.contract;

import dev.millrace.contracts.project.contract.Property;
import dev.millrace.contracts.project.contract.Rule;
import dev.millrace.transform.landing.value.Json;
import dev.millrace.transform.landing.value.Numbers;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What an array, or an object that lands as a whole, is held to. */
final class JsonRule {

    private static final JsonMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(1_000)
                                                    .maxNumberLength(160_000)
                                                    .maxStringLength(Integer.MAX_VALUE)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();

    private final List<Rule> rules;
    private final @Nullable Member items;
    private final List<Member> members;

    /** What stands within: a member by its name, or each item. */
    private record Member(String name, String otherName, ValueRule rule, List<Rule> rules) {

        static Member of(Property property) {
            return new Member(
                    property.name(),
                    property.columnName(),
                    ValueRule.of(property),
                    property.rules());
        }

        @Nullable String required() {
            return rules.stream()
                    .filter(Rule.Required.class::isInstance)
                    .map(Rule::text)
                    .findFirst()
                    .orElse(null);
        }
    }

    private JsonRule(List<Rule> rules, @Nullable Member items, List<Member> members) {
        this.rules = rules;
        this.items = items;
        this.members = members;
    }

    /** The rule for what is within a value; null if there is nothing to check there. */
    static @Nullable JsonRule of(Property property) {
        List<Rule> rules =
                property.rules().stream()
                        .filter(
                                rule ->
                                        switch (rule) {
                                            case Rule.MinItems _,
                                                    Rule.MaxItems _,
                                                    Rule.UniqueItems _,
                                                    Rule.MinProperties _,
                                                    Rule.MaxProperties _,
                                                    Rule.RequiredMembers _ ->
                                                    true;
                                            default -> false;
                                        })
                        .toList();
        Property item = property.items();
        Member items = item == null ? null : Member.of(item);
        List<Member> members = property.properties().stream().map(Member::of).toList();
        return rules.isEmpty() && items == null && members.isEmpty()
                ? null
                : new JsonRule(rules, items, members);
    }

    List<String> texts() {
        List<String> texts = new ArrayList<>();
        rules.forEach(rule -> texts.add(rule.text()));
        if (items != null) {
            add(texts, "items", items);
        }
        members.forEach(member -> add(texts, member.name(), member));
        return texts;
    }

    private static void add(List<String> texts, String name, Member member) {
        if (!member.rule().type().isEmpty()) {
            texts.add(name + ": " + member.rule().type());
        }
        String required = member.required();
        if (required != null) {
            texts.add(name + ": " + required);
        }
        member.rule().texts().forEach(text -> texts.add(name + ": " + text));
    }

    void check(Json json, ColumnRule at, String property, Violations violations) {
        JsonNode node;
        try {
            node = JSON.readTree(json.utf8());
        } catch (JacksonException e) {
            violations.add(at, property, "JSON", json);
            return;
        }
        for (Rule rule : rules) {
            if (!admits(rule, node)) {
                violations.add(at, property, rule.text(), json);
            }
        }
        if (node.isArray() && items != null) {
            for (int i = 0; i < node.size(); i++) {
                check(node.get(i), items, at, property + "[" + i + "]", violations);
            }
        }
        if (node.isObject()) {
            for (Member member : members) {
                JsonNode found = node.get(member.name());
                check(
                        found == null ? node.get(member.otherName()) : found,
                        member,
                        at,
                        property + "." + member.name(),
                        violations);
            }
        }
    }

    private static void check(
            @Nullable JsonNode node,
            Member member,
            ColumnRule at,
            String property,
            Violations violations) {
        if (node == null || node.isNull()) {
            String required = member.required();
            if (required != null) {
                violations.addMissing(at.column(), property, required);
            }
            return;
        }
        member.rule().check(value(node), at, property, violations);
    }

    /** What the value would be if it stood in a column of its own. */
    private static Object value(JsonNode node) {
        if (node.isString()) {
            return node.stringValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isIntegralNumber()) {
            return node.canConvertToLong()
                    ? (Object) node.longValue()
                    : Numbers.parse(node.bigIntegerValue());
        }
        return node.isNumber() ? node.decimalValue() : Json.of(node.toString());
    }

    private static boolean admits(Rule rule, JsonNode node) {
        return switch (rule) {
            case Rule.MinItems(int least) -> !node.isArray() || node.size() >= least;
            case Rule.MaxItems(int most) -> !node.isArray() || node.size() <= most;
            case Rule.UniqueItems() -> !node.isArray() || areUnique(node);
            case Rule.MinProperties(int least) -> !node.isObject() || node.size() >= least;
            case Rule.MaxProperties(int most) -> !node.isObject() || node.size() <= most;
            case Rule.RequiredMembers(List<String> names) ->
                    !node.isObject() || names.stream().allMatch(name -> node.hasNonNull(name));
            default -> true;
        };
    }

    private static boolean areUnique(JsonNode items) {
        Set<JsonNode> seen = new HashSet<>();
        for (JsonNode item : items) {
            if (!seen.add(item)) {
                return false;
            }
        }
        return true;
    }
}
