package dev.millrace.transform.run.node;

import dev.millrace.transform.materialization.BuildFailedException;
import dev.millrace.transform.model.context.Invocation;
import dev.millrace.transform.model.manifest.NodeSettings;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/** Decides which batches of a model a run builds. */
final class Batches {

    /** More of them than this are a mistake in {@code begin}. */
    private static final int MAX = 100_000;

    private final NodeSettings settings;
    private final Invocation invocation;
    private final BatchSize size;

    Batches(NodeSettings settings, Invocation invocation) throws BuildFailedException {
        this.settings = settings;
        this.invocation = invocation;
        String name = settings.text("batch_size", "");
        this.size =
                BatchSize.named(name)
                        .orElseThrow(
                                () ->
                                        new BuildFailedException(
                                                "'batch_size' is hour, day, month or year, not '"
                                                        + name
                                                        + "'"));
    }

    /**
     * From the beginning where the model is built from nothing, and else the newest ones.
     *
     * @param adding whether the model is there
     */
    List<Batch> of(boolean adding) throws BuildFailedException {
        Instant last = invocation.eventTimeEnd();
        Instant end = size.ceiling(last == null ? invocation.startedAt() : last);
        List<Batch> batches = new ArrayList<>();
        for (Instant start = start(adding, end); start.isBefore(end); ) {
            Instant next = size.plus(start, 1);
            batches.add(new Batch(size.id(start), start, next));
            if (batches.size() > MAX) {
                throw new BuildFailedException(
                        "there would be more than "
                                + MAX
                                + " batches since its beginning; begin later, or make them larger");
            }
            start = next;
        }
        return batches;
    }

    private Instant start(boolean adding, Instant end) throws BuildFailedException {
        Instant first = invocation.eventTimeStart();
        if (first != null) {
            return size.floor(first);
        }
        if (!adding) {
            return size.floor(begin(settings.text("begin")));
        }
        return size.plus(end, -1 - lookback());
    }

    private long lookback() throws BuildFailedException {
        String lookback = settings.text("lookback", "1");
        if (!lookback.matches("\\d{1,6}")) {
            throw new BuildFailedException(
                    "'lookback' is a number of batches, not '" + lookback + "'");
        }
        return Long.parseLong(lookback);
    }

    private static Instant begin(@Nullable String text) throws BuildFailedException {
        if (text == null) {
            throw new BuildFailedException(
                    "it needs the setting 'begin', the day that its rows begin with");
        }
        String iso = text.strip().replace(' ', 'T');
        try {
            if (!iso.contains("T")) {
                return LocalDate.parse(iso).atStartOfDay().toInstant(ZoneOffset.UTC);
            }
            return iso.matches(".*(Z|[+-]\\d\\d:?\\d\\d)")
                    ? OffsetDateTime.parse(iso).toInstant()
                    : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException e) {
            throw new BuildFailedException(
                    "'begin' is a day, such as 2026-01-31, or a time of one, not '" + text + "'");
        }
    }
}
