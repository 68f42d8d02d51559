package dev.millrace.serving.access;

import dev.millrace.contracts.Sha256;

/** Names from outside, as the books of usage and of accesses have them. */
public final class BookedName {

    /** Two of them, of three bytes a character, fit into one entry of an index. */
    private static final int LONGEST = 300;

    private static final int DIGITS = 16;

    private BookedName() {}

    /**
     * The name itself, if it is short and plain; else as much of it as is, and the beginning of the
     * hash of the whole, so that two names stay two. What is booked already stays as it is.
     */
    public static String of(String name) {
        if (name.length() <= LONGEST && isPlain(name)) {
            return name;
        }
        String start = name.substring(0, Math.min(name.length(), LONGEST - DIGITS - 1));
        return start.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?")
                + "…"
                + Sha256.hex(name).substring(0, DIGITS);
    }

    /** Whether every part of the database takes it, and a line of a log stays one. */
    private static boolean isPlain(String name) {
        int at = 0;
        while (at < name.length()) {
            int c = name.codePointAt(at);
            if (c < ' ' || c == 0x7f || Character.getType(c) == Character.SURROGATE) {
                return false;
            }
            at += Character.charCount(c);
        }
        return true;
    }
}
