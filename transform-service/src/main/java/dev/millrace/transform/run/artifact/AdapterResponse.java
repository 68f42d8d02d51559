package dev.millrace.transform.run.artifact;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the warehouse answers to a statement.
 *
 * @param message its words, for example {@code INSERT 0 4}
 * @param code the words without numbers
 * @param rows rows that were written; -1 if that makes no sense
 */
record AdapterResponse(String message, String code, long rows) {

    private static final String NUMBER = "\\d+";

    /**
     * The answer of these words.
     *
     * @param rows rows that were written; null to take the last number of the words
     */
    public static AdapterResponse of(String message, @Nullable Long rows) {
        String[] words = message.split("\\s+", -1);
        String code =
                Arrays.stream(words)
                        .filter(word -> !word.matches(NUMBER))
                        .collect(Collectors.joining(" "));
        String last = words[words.length - 1];
        long counted = last.matches("\\d{1,18}") ? Long.parseLong(last) : -1;
        return new AdapterResponse(message, code, rows == null ? counted : rows);
    }

    Map<String, @Nullable Object> values() {
        return new Entry()
                .put("_message", message)
                .put("code", code)
                .put("rows_affected", rows)
                .values();
    }
}
