package dev.millrace.contracts.project.contract;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;

/** The written forms of network addresses. */
final class Addresses {

    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

    private static final String FOUR_BYTES = BYTE + "(\\." + BYTE + "){3}";
    private static final Pattern V4 = Pattern.compile(FOUR_BYTES);

    private static final Pattern HOST =
            Pattern.compile(
                    "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
                            + "(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");

    private static final Pattern ENDS_IN_V4 = Pattern.compile("(.*:)" + FOUR_BYTES);
    private static final Pattern GROUPS =
            Pattern.compile("([0-9A-Fa-f]{1,4}(:[0-9A-Fa-f]{1,4})*)?");
    private static final int MAX_HOST = 253;
    private static final int V6_GROUPS = 8;

    private Addresses() {}

    /** Labels of RFC 1123. */
    static boolean isHost(String text) {
        return text.length() <= MAX_HOST && HOST.matches(text);
    }

    /** Four numbers joined by dots. */
    static boolean isV4(String text) {
        return V4.matches(text);
    }

    /** RFC 4291: eight groups, of which one run of zeros may be left out. */
    static boolean isV6(String text) {
        Matcher v4 = ENDS_IN_V4.matcher(text);
        // The four numbers stand for two groups.
        String groups = v4.matches() ? v4.group(1) + "0:0" : text;
        int gap = groups.indexOf("::");
        if (gap < 0) {
            return GROUPS.matches(groups) && count(groups) == V6_GROUPS;
        }
        String before = groups.substring(0, gap);
        String after = groups.substring(gap + 2);
        return GROUPS.matches(before)
                && GROUPS.matches(after)
                && count(before) + count(after) < V6_GROUPS;
    }

    private static int count(String groups) {
        return groups.isEmpty() ? 0 : (int) groups.chars().filter(c -> c == ':').count() + 1;
    }
}
