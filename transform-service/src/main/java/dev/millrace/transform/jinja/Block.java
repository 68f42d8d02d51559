package dev.millrace.transform.jinja;

import java.util.List;
import java.util.Set;

/** What stands between a tag of {@link Syntax#blockTags()} and its end tag, taken as it is. */
public final class Block {

    private final String tag;
    private final String name;
    private final Place place;
    private final Source body;
    private final Syntax syntax;

    Block(String tag, String name, Place place, Source body, Syntax syntax) {
        this.tag = tag;
        this.name = name;
        this.place = place;
        this.body = body;
        this.syntax = syntax;
    }

    /**
     * The blocks of a text whose other parts need not be a template, such as prose.
     *
     * @throws JinjaException if a block has no name or no end
     */
    public static List<Block> in(String template, String source, Set<String> tags) {
        return BlockScanner.scan(new Source(template, source), tags);
    }

    public String tag() {
        return tag;
    }

    public String name() {
        return name;
    }

    /** Where the name stands. */
    public Place place() {
        return place;
    }

    /** The text between the tags, without the space that a {@code -} in them takes away. */
    public String source() {
        return body.text();
    }

    /**
     * The text as a template, whose places are those in the file.
     *
     * @throws JinjaException if it is none
     */
    public Template body() {
        return Template.parse(body, syntax);
    }
}
