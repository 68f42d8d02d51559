package dev.millrace.contracts.project.cube;

import org.jspecify.annotations.Nullable;

/**
 * What an element tells those who browse the model.
 *
 * @param title a title in place of the one made from the name
 * @param description what it means
 * @param shown whether it may be seen; null where the file does not say
 * @param meta what the file's author wants clients to have, as plain maps, lists and scalars
 */
public record About(
        @Nullable String title,
        @Nullable String description,
        @Nullable Boolean shown,
        @Nullable Object meta) {}
