package dev.millrace.standalone.demo.shop;

import java.util.List;

/**
 * Messages that are sent together and acknowledged together.
 *
 * @param number position in the history, from 1
 * @param door the way it takes
 * @param messages at least one
 */
public record Parcel(int number, Door door, List<Message> messages) {

    public Parcel {
        messages = List.copyOf(messages);
    }

    /** What is the matter with the whole parcel. */
    public Nature nature() {
        Nature first = messages.getFirst().nature();
        return first.travelsAlone() ? first : Nature.ORDINARY;
    }
}
