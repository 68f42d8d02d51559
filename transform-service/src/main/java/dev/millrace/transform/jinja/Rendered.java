package dev.millrace.transform.jinja;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a template rendered to.
 *
 * @param text the text
 * @param origins where its pieces come from, in the order of their offsets
 */
public record Rendered(String text, List<Origin> origins) {

    /**
     * The beginning of a piece.
     *
     * @param offset in the text
     * @param place in the template
     * @param literal whether the piece stands in the template as it is, or was computed there
     */
    public record Origin(int offset, Place place, boolean literal) {}

    public Rendered {
        origins = List.copyOf(origins);
    }

    /** The place in the template that a character of the text comes from. */
    public Optional<Place> place(int offset) {
        int found =
                Collections.binarySearch(
                        origins,
                        new Origin(offset, new Place("", 1, 1), true),
                        Comparator.comparingInt(Origin::offset));
        int index = found >= 0 ? found : -found - 2;
        if (index < 0 || origins.isEmpty()) {
            return Optional.empty();
        }
        Origin origin = origins.get(index);
        if (!origin.literal()) {
            return Optional.of(origin.place());
        }
        String before = text.substring(origin.offset(), Math.min(offset, text.length()));
        int lines = (int) before.chars().filter(c -> c == '\n').count();
        int column =
                lines == 0
                        ? origin.place().column() + before.length()
                        : before.length() - before.lastIndexOf('\n');
        return Optional.of(
                new Place(origin.place().template(), origin.place().line() + lines, column));
    }
}
