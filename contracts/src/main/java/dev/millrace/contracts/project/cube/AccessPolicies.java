package dev.millrace.contracts.project.cube;

import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

/**
 * Checks {@code access_policy}. This version does not enforce policies: serving refuses the cubes
 * that have one, so that none is ever open by mistake.
 */
final class AccessPolicies {

    private AccessPolicies() {}

    /** Whether the mapping has policies. */
    static boolean check(YamlMapping owner) {
        boolean guarded = owner.take("access_policy").isPresent();
        for (YamlValue item : owner.list("access_policy")) {
            YamlMapping policy = item.mapping();
            policy.take("role").ifPresent(YamlValue::text);
            policy.take("group").ifPresent(YamlValue::text);
            policy.texts("groups");
            for (YamlValue condition : policy.list("conditions")) {
                YamlMapping mapping = condition.mapping();
                mapping.requiredText("if");
                mapping.rejectUnknown();
            }
            policy.take("member_level").ifPresent(AccessPolicies::checkMembers);
            policy.take("row_level").ifPresent(AccessPolicies::checkRows);
            policy.rejectUnknown();
        }
        return guarded;
    }

    private static void checkMembers(YamlValue value) {
        YamlMapping members = value.mapping();
        members.texts("includes");
        members.texts("excludes");
        members.rejectUnknown();
    }

    private static void checkRows(YamlValue value) {
        YamlMapping rows = value.mapping();
        rows.flag("allow_all", false);
        rows.list("filters").forEach(AccessPolicies::checkFilter);
        rows.rejectUnknown();
    }

    private static void checkFilter(YamlValue value) {
        YamlMapping filter = value.mapping();
        boolean group = !filter.list("or").isEmpty() || !filter.list("and").isEmpty();
        filter.list("or").forEach(AccessPolicies::checkFilter);
        filter.list("and").forEach(AccessPolicies::checkFilter);
        if (!group) {
            filter.requiredText("member");
            filter.requiredText("operator");
            filter.take("values");
        }
        filter.rejectUnknown();
    }
}
