package dev.millrace.transform.materialization.live;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/**
 * How a live model is in whichever process has it.
 *
 * @param state {@code waiting}, {@code building}, {@code following} or {@code failing}
 * @param form how it is kept up to date, for people to read
 * @param message why it fails; null if it does not
 * @param since since when it is in that state
 */
public record LiveState(String state, String form, @Nullable String message, Instant since) {}
