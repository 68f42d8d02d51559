package dev.millrace.transform.jinja;

import java.util.List;
import java.util.Map;

/**
 * What stands in a tag: {@code {% tag name, word, option='value' %}}.
 *
 * @param tag its first word
 * @param name its second
 * @param words further words without a value
 * @param options words with a value, which must be a constant
 */
public record TagHeader(String tag, String name, List<String> words, Map<String, Object> options) {

    public TagHeader {
        words = List.copyOf(words);
        options = Map.copyOf(options);
    }
}
