package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code access_policy} of a cube or view. */
final class AccessPolicyReader {

    private static final String CONTEXT =
            "(?:securityContext|security_context|SECURITY_CONTEXT|userAttributes|user_attributes)";
    private static final Pattern CLAIM =
            Pattern.compile("\\{\\s*" + CONTEXT + "((?:\\.[A-Za-z_]\\w*)++)\\s*}");
    private static final Pattern CONDITION =
            Pattern.compile(
                    "\\{?\\s*(!|not\\s)?\\s*"
                            + CONTEXT
                            + "((?:\\.[A-Za-z_]\\w*)++)\\s*(?:(===?|!==?)\\s*(.+?))?\\s*}?");
    private static final Pattern LITERAL =
            Pattern.compile("'([^'{}]*)'|\"([^\"{}]*)\"|(-?\\d+|true|false|null|undefined|None)");

    private final Collection<String> dimensions;
    private final Collection<String> members;

    /**
     * @param dimensions the names of the dimensions, which rows can be told by
     * @param members the names of all members
     */
    AccessPolicyReader(Collection<String> dimensions, Collection<String> members) {
        this.dimensions = dimensions;
        this.members = members;
    }

    List<AccessPolicy> read(YamlMapping owner) {
        List<AccessPolicy> policies = new ArrayList<>();
        for (YamlValue item : owner.list("access_policy")) {
            YamlMapping policy = item.mapping();
            policies.add(policy(policy));
            policy.rejectUnknown();
        }
        if (policies.isEmpty() && owner.take("access_policy").isPresent()) {
            owner.reject(
                    "access_policy",
                    "without a policy, nobody may see anything; leave the key out, or write"
                            + " 'public: false'");
        }
        return policies;
    }

    private AccessPolicy policy(YamlMapping policy) {
        List<String> groups = new ArrayList<>();
        for (String key : List.of("role", "group", "groups")) {
            groups.addAll(policy.texts(key));
        }
        if (groups.isEmpty()) {
            policy.reject("group", "a policy says for which 'group' it is; \"*\" is everybody");
        }
        List<AccessPolicy.TokenCondition> conditions = new ArrayList<>();
        for (YamlValue item : policy.list("conditions")) {
            YamlMapping mapping = item.mapping();
            mapping.requiredText("if");
            mapping.take("if").flatMap(AccessPolicyReader::condition).ifPresent(conditions::add);
            mapping.rejectUnknown();
        }
        return new AccessPolicy(
                groups,
                conditions,
                policy.take("member_level").map(this::members).orElse(AccessPolicy.Members.ALL),
                policy.take("member_masking").map(this::members).orElse(null),
                policy.take("row_level").flatMap(this::rows).orElse(null));
    }

    private AccessPolicy.Members members(YamlValue value) {
        YamlMapping mapping = value.mapping();
        boolean some = mapping.take("includes").isPresent();
        List<String> includes = names(mapping, "includes");
        List<String> excludes = names(mapping, "excludes");
        mapping.rejectUnknown();
        boolean nothing = excludes.contains("*");
        return new AccessPolicy.Members(
                nothing ? List.of() : some && !includes.contains("*") ? includes : null,
                nothing ? List.of() : excludes);
    }

    private List<String> names(YamlMapping mapping, String key) {
        List<String> names = new ArrayList<>();
        for (YamlValue item : mapping.list(key)) {
            String name = unqualified(item.text().orElse(""));
            if (!name.equals("*") && !members.contains(name)) {
                CubeKeys.reject(item, "member", name, members);
            }
            names.add(name);
        }
        return names;
    }

    private static String unqualified(String member) {
        return member.replaceAll("[{}\\s]", "").replaceFirst("^CUBE\\.", "");
    }

    private Optional<AccessPolicy.RowRule> rows(YamlValue value) {
        YamlMapping mapping = value.mapping();
        boolean all = mapping.flag("allow_all", false);
        List<AccessPolicy.RowRule> rules = rules(mapping.list("filters"));
        if (all == !rules.isEmpty()) {
            mapping.reject("filters", "it has either 'filters' or 'allow_all: true'");
        }
        mapping.rejectUnknown();
        // A mistake is no rule that lets everybody see everything.
        return all ? Optional.empty() : Optional.of(new AccessPolicy.All(rules));
    }

    private List<AccessPolicy.RowRule> rules(List<YamlValue> items) {
        return items.stream().map(item -> rule(item.mapping())).toList();
    }

    private AccessPolicy.RowRule rule(YamlMapping filter) {
        AccessPolicy.RowRule rule;
        if (filter.take("or").isPresent()) {
            rule = new AccessPolicy.Any(rules(filter.list("or")));
        } else if (filter.take("and").isPresent()) {
            rule = new AccessPolicy.All(rules(filter.list("and")));
        } else {
            rule = on(filter);
        }
        filter.rejectUnknown();
        return rule;
    }

    private AccessPolicy.RowRule on(YamlMapping filter) {
        String member = unqualified(filter.requiredText("member"));
        if (!member.isEmpty() && !dimensions.contains(member)) {
            filter.take("member")
                    .ifPresent(at -> CubeKeys.reject(at, "dimension", member, dimensions));
        }
        String written = filter.requiredText("operator");
        Optional<Operator> operator = Operator.named(written);
        if ((operator.isEmpty() && !written.isEmpty())
                || operator.filter(o -> o == Operator.MEASURE_FILTER).isPresent()) {
            filter.reject("operator", "there is no operator '" + written + "' for rows");
        }
        if (operator.filter(Operator::takesDates).isPresent()) {
            filter.reject(
                    "operator", "rows of a policy are told by texts and numbers, not by time");
        }
        List<AccessPolicy.Value> values =
                filter.list("values").stream().map(AccessPolicyReader::value).toList();
        if (operator.isPresent() && values.isEmpty() && !operator.get().takesNoValues()) {
            filter.reject("operator", "'" + written + "' needs 'values'");
        }
        return new AccessPolicy.On(member, operator.orElse(Operator.SET), values);
    }

    private static AccessPolicy.Value value(YamlValue item) {
        if (item.isNull()) {
            return new AccessPolicy.Literal(null);
        }
        String text = item.text().orElse("");
        Matcher claim = CLAIM.matcher(text.strip());
        if (claim.matches()) {
            return claim(claim.group(1));
        }
        if (text.contains("{")) {
            item.reject(
                    "a value is text, or a claim of the caller's token as in"
                            + " \"{ securityContext.tenant_id }\"");
        }
        return new AccessPolicy.Literal(text);
    }

    private static AccessPolicy.Claim claim(String dotted) {
        return new AccessPolicy.Claim(List.of(dotted.substring(1).split("\\.")));
    }

    private static Optional<AccessPolicy.TokenCondition> condition(YamlValue value) {
        Matcher matcher = CONDITION.matcher(value.text().orElse("").strip());
        if (!matcher.matches()) {
            value.reject(
                    "a condition is a claim of the caller's token, as in"
                            + " \"{ securityContext.is_employee }\", with ! before it, or with =="
                            + " or != and text in quotes behind it");
            return Optional.empty();
        }
        AccessPolicy.Claim claim = claim(matcher.group(2));
        AccessPolicy.TokenCondition condition = new AccessPolicy.Holds(claim);
        @Nullable String comparison = matcher.group(3);
        if (comparison != null) {
            Matcher literal = LITERAL.matcher(matcher.group(4));
            if (!literal.matches()) {
                value.reject("a claim is compared with text in quotes, a whole number, or null");
                return Optional.empty();
            }
            condition = new AccessPolicy.Equals(claim, text(literal));
            if (comparison.startsWith("!")) {
                condition = new AccessPolicy.Not(condition);
            }
        }
        return Optional.of(matcher.group(1) == null ? condition : new AccessPolicy.Not(condition));
    }

    private static @Nullable String text(Matcher literal) {
        @Nullable String bare = literal.group(3);
        if (bare != null) {
            return List.of("null", "undefined", "None").contains(bare) ? null : bare;
        }
        return literal.group(1) == null ? literal.group(2) : literal.group(1);
    }
}
