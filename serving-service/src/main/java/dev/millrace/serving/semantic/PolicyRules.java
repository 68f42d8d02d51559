package dev.millrace.serving.semantic;

import dev.millrace.contracts.project.cube.AccessPolicy;
import dev.millrace.serving.semantic.Query.Filter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Turns the rules of policies into filters, with what a viewer's token says in them. */
final class PolicyRules {

    private PolicyRules() {}

    /** Whether the token has all that the rule compares with: without it, nothing is allowed. */
    static boolean areClaimsThere(AccessPolicy.@Nullable RowRule rule, Viewer viewer) {
        return claims(rule).allMatch(claim -> viewer.texts(claim.path()).isPresent());
    }

    private static Stream<AccessPolicy.Claim> claims(AccessPolicy.@Nullable RowRule rule) {
        return switch (rule) {
            case null -> Stream.empty();
            case AccessPolicy.All(List<AccessPolicy.RowRule> rules) ->
                    rules.stream().flatMap(PolicyRules::claims);
            case AccessPolicy.Any(List<AccessPolicy.RowRule> rules) ->
                    rules.stream().flatMap(PolicyRules::claims);
            case AccessPolicy.On on ->
                    on.values().stream()
                            .filter(AccessPolicy.Claim.class::isInstance)
                            .map(AccessPolicy.Claim.class::cast);
        };
    }

    /**
     * The rule as a filter.
     *
     * @param owner the cube or view that it is a rule of
     */
    static Filter filter(String owner, AccessPolicy.RowRule rule, Viewer viewer) {
        return switch (rule) {
            case AccessPolicy.All(List<AccessPolicy.RowRule> rules) ->
                    new Query.And(rules.stream().map(r -> filter(owner, r, viewer)).toList());
            case AccessPolicy.Any(List<AccessPolicy.RowRule> rules) ->
                    new Query.Or(rules.stream().map(r -> filter(owner, r, viewer)).toList());
            case AccessPolicy.On on -> filter(owner, on, viewer);
        };
    }

    private static Filter filter(String owner, AccessPolicy.On on, Viewer viewer) {
        List<String> values = new ArrayList<>();
        boolean withNull = false;
        for (AccessPolicy.Value value : on.values()) {
            switch (value) {
                case AccessPolicy.Literal(String text) -> {
                    if (text == null) {
                        withNull = true;
                    } else {
                        values.add(text);
                    }
                }
                case AccessPolicy.Claim claim ->
                        values.addAll(viewer.texts(claim.path()).orElse(List.of()));
            }
        }
        // A filter without a value would mean the empty field; a list of nothing allows nothing.
        if (!on.operator().takesNoValues() && values.isEmpty() && !withNull) {
            return Sight.NOTHING;
        }
        return new Query.Condition(
                owner + "." + on.member(), on.operator(), values, withNull, null);
    }
}
