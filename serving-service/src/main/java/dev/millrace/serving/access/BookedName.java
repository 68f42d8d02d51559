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
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c < ' ' || c == 0x7f || Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }
}
