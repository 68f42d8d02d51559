package dev.millrace.serving.query;

import org.jspecify.annotations.Nullable;

/**
 * The rows of an answer, written already.
 *
 * @param json what stands under {@code data}
 * @param total how many there were without limit and offset, if that was asked
 */
record ResultRows(ChunkedBytes json, int rows, @Nullable Long total) {}
