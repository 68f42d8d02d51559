package dev.millrace.transform.jinja;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds blocks by their tags alone, past comments and raw text. */
final class BlockScanner {

    private static final Pattern TAG =
            Pattern.compile("\\{#|\\{%[-+]?\\s*(?<tag>\\w+)", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern RAW_END = Pattern.compile("\\{%[-+]?\\s*endraw\\s*[-+]?%}");
    private static final Pattern REST =
            Pattern.compile(
                    "\\s+(?<name>\\w+)\\s*(?<sign>[-+]?)%}", Pattern.UNICODE_CHARACTER_CLASS);

    private BlockScanner() {}

    /** Where the end tag of a tag begins; negative if there is none. */
    static int endOf(String source, String tag, int from, int to) {
        Matcher matcher = TAG.matcher(source).region(from, to);
        while (matcher.find()) {
            String found = matcher.group("tag");
            if (("end" + tag).equals(found)) {
                return matcher.start();
            }
            int after = skipped(source, found, matcher.end(), to);
            if (after > matcher.end()) {
                matcher.region(after, to);
            }
        }
        return -1;
    }

    /** The end of a comment or of raw text that begins before an offset, or else the offset. */
    private static int skipped(String source, @Nullable String tag, int from, int to) {
        if (tag == null) {
            int close = source.indexOf("#}", from, to);
            return close < 0 ? from : close + 2;
        }
        if (tag.equals("raw")) {
            Matcher end = RAW_END.matcher(source).region(from, to);
            return end.find() ? end.end() : from;
        }
        return from;
    }

    static List<Block> scan(Source source, Set<String> tags) {
        Syntax syntax = new Syntax(java.util.Map.of(), tags);
        String text = source.whole();
        Places places = new Places(source);
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = TAG.matcher(text);
        while (matcher.find()) {
            String tag = matcher.group("tag");
            int after = skipped(text, tag, matcher.end(), text.length());
            if (tag != null && tags.contains(tag)) {
                Matcher rest = REST.matcher(text).region(matcher.end(), text.length());
                Place begin = places.at(matcher.start());
                if (!rest.lookingAt()) {
                    throw new JinjaException("expected '{% " + tag + " name %}' here", begin);
                }
                Source body = body(source, tag, rest, begin);
                blocks.add(
                        new Block(
                                tag,
                                rest.group("name"),
                                places.at(rest.start("name")),
                                body,
                                syntax));
                after = Math.max(body.to(), rest.end());
            }
            if (after > matcher.end()) {
                matcher.region(after, text.length());
            }
        }
        return blocks;
    }

    private static Source body(Source source, String tag, Matcher head, Place begin) {
        String text = source.whole();
        int end = endOf(text, tag, head.end(), text.length());
        if (end < 0) {
            throw new JinjaException("'{% " + tag + " %}' has no '{% end" + tag + " %}'", begin);
        }
        int from = head.end();
        int to = end;
        while (head.group("sign").equals("-")
                && from < to
                && Character.isWhitespace(text.charAt(from))) {
            from++;
        }
        while (text.charAt(end + 2) == '-'
                && to > from
                && Character.isWhitespace(text.charAt(to - 1))) {
            to--;
        }
        return source.part(from, to);
    }
}
