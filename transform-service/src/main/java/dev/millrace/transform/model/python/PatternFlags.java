package dev.millrace.transform.model.python;

import java.util.regex.Pattern;

/** The flags of {@code re}, with Python's numbers. */
final class PatternFlags {

    static final long IGNORECASE = 2;
    static final long LOCALE = 4;
    static final long MULTILINE = 8;
    static final long DOTALL = 16;
    static final long UNICODE = 32;
    static final long VERBOSE = 64;
    static final long ASCII = 256;

    private PatternFlags() {}

    static long ofLetter(char letter) {
        return switch (letter) {
            case 'a' -> ASCII;
            case 'i' -> IGNORECASE;
            case 'L' -> LOCALE;
            case 'm' -> MULTILINE;
            case 's' -> DOTALL;
            case 'x' -> VERBOSE;
            default -> UNICODE;
        };
    }

    /** 0 if there is none of this name. */
    static long ofName(String name) {
        return switch (name) {
            case "A", "ASCII" -> ASCII;
            case "I", "IGNORECASE" -> IGNORECASE;
            case "L", "LOCALE" -> LOCALE;
            case "M", "MULTILINE" -> MULTILINE;
            case "S", "DOTALL" -> DOTALL;
            case "U", "UNICODE" -> UNICODE;
            case "X", "VERBOSE" -> VERBOSE;
            default -> 0;
        };
    }

    /** Python's lines end in line feeds only, and its classes are those of Unicode. */
    static int ofJava(long flags) {
        int java = Pattern.UNIX_LINES;
        java |= (flags & ASCII) == 0 ? Pattern.UNICODE_CHARACTER_CLASS : 0;
        java |= (flags & IGNORECASE) == 0 ? 0 : Pattern.CASE_INSENSITIVE;
        java |= (flags & MULTILINE) == 0 ? 0 : Pattern.MULTILINE;
        java |= (flags & DOTALL) == 0 ? 0 : Pattern.DOTALL;
        java |= (flags & VERBOSE) == 0 ? 0 : Pattern.COMMENTS;
        return java;
    }
}
