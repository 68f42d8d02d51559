package dev.millrace.transform.model.deps;

import java.util.Optional;
import java.util.regex.Pattern;

/** What may be the address and revision of a git repository. */
final class GitAddress {

    private static final int MAX_LENGTH = 2_048;
    private static final Pattern REMOTE =
            Pattern.compile("(?:https|ssh)://[^\\s/-][^\\s]*|[\\w.-]+@[\\w.-]+:[^\\s:-][^\\s]*");
    private static final Pattern LOCAL = Pattern.compile("file:///[^\\s].*|/[^\\s].*");
    private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._/+#-]{0,254}");
    private static final Pattern USER = Pattern.compile("(\\w+://)[^/@\\s]+@");

    private GitAddress() {}

    /** Why an address is not followed; nothing if it is. */
    static Optional<String> refusal(String url) {
        if (url.length() > MAX_LENGTH || url.chars().anyMatch(c -> c < ' ')) {
            return Optional.of("this is no address of a git repository");
        }
        if (REMOTE.matcher(url).matches() || isLocal(url)) {
            return Optional.empty();
        }
        return Optional.of(
                "'"
                        + shown(url)
                        + "' is no address that is followed; write one that begins with https://,"
                        + " ssh://, git@host: or file:///");
    }

    static boolean isLocal(String url) {
        return LOCAL.matcher(url).matches();
    }

    /** Whether this may name a tag, branch or commit, and is no option of git. */
    static boolean isRevision(String revision) {
        return REVISION.matcher(revision).matches() && !revision.contains("..");
    }

    /** A text without the user and password of addresses in it. */
    static String shown(String text) {
        return USER.matcher(text).replaceAll("$1…@");
    }
}
