package dev.millrace.transform.model.deps;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version such as {@code 1.3.0} or {@code 1.3.0-rc1}.
 *
 * @param prerelease what stands behind the numbers; empty for one that is finished
 */
record Version(int major, int minor, int patch, String prerelease) implements Comparable<Version> {

    private static final Pattern TEXT =
            Pattern.compile(
                    "v?(\\d{1,6})(?:\\.(\\d{1,6}))?(?:\\.(\\d{1,6}))?(?:-?([A-Za-z][0-9A-Za-z.-]*))?");

    static Optional<Version> of(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(
                new Version(
                        number(matcher.group(1)),
                        number(matcher.group(2)),
                        number(matcher.group(3)),
                        matcher.group(4) == null ? "" : matcher.group(4)));
    }

    private static int number(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    boolean isFinished() {
        return prerelease.isEmpty();
    }

    @Override
    public int compareTo(Version other) {
        int order = Integer.compare(major, other.major);
        order = order == 0 ? Integer.compare(minor, other.minor) : order;
        order = order == 0 ? Integer.compare(patch, other.patch) : order;
        if (order != 0 || prerelease.equals(other.prerelease)) {
            return order;
        }
        if (isFinished() || other.isFinished()) {
            return isFinished() ? 1 : -1;
        }
        return prerelease.compareTo(other.prerelease);
    }
}
