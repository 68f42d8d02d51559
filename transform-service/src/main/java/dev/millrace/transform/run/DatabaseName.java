package dev.millrace.transform.run;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The database that a JDBC address names. */
final class DatabaseName {

    private static final Pattern URL =
            Pattern.compile("jdbc:postgresql:(?://[^/]*/)?([^?]*)(?:\\?.*)?");

    private DatabaseName() {}

    /** PostgreSQL's default, that of the user, is taken for none. */
    static String of(String url) {
        Matcher matcher = URL.matcher(url);
        return matcher.matches()
                ? java.net.URLDecoder.decode(
                        matcher.group(1), java.nio.charset.StandardCharsets.UTF_8)
                : "";
    }
}
