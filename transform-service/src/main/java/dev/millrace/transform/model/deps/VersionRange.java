package dev.millrace.transform.model.deps;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Versions that meet all of some conditions.
 *
 * @param conditions such as {@code 1.3.0}, {@code >=1.0.0} or {@code <2.0.0}
 */
record VersionRange(List<String> conditions) {

    private static final Pattern CONDITION = Pattern.compile("\\s*(==|=|>=|<=|>|<|)\\s*(\\S+)\\s*");

    VersionRange {
        conditions = List.copyOf(conditions);
    }

    static boolean isOne(String condition) {
        Matcher matcher = CONDITION.matcher(condition);
        return matcher.matches() && Version.of(matcher.group(2)).isPresent();
    }

    boolean contains(Version version) {
        return conditions.stream().allMatch(condition -> meets(version, condition));
    }

    /** Whether a condition names a version that is not finished, and so asks for such. */
    boolean namesPrerelease() {
        return conditions.stream()
                .map(CONDITION::matcher)
                .filter(Matcher::matches)
                .flatMap(matcher -> Version.of(matcher.group(2)).stream())
                .anyMatch(version -> !version.isFinished());
    }

    private static boolean meets(Version version, String condition) {
        Matcher matcher = CONDITION.matcher(condition);
        if (!matcher.matches()) {
            return false;
        }
        int order = Version.of(matcher.group(2)).map(version::compareTo).orElse(1);
        return switch (matcher.group(1)) {
            case ">=" -> order >= 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            case "<" -> order < 0;
            default -> order == 0;
        };
    }

    @Override
    public String toString() {
        return String.join(", ", conditions);
    }
}
