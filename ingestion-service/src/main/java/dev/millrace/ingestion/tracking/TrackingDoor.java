package dev.millrace.ingestion.tracking;

import dev.millrace.contracts.record.QuarantineReason;
import dev.millrace.ingestion.payload.InvalidJsonException;
import dev.millrace.ingestion.source.ByteBudget;
import dev.millrace.ingestion.source.DoorCounts;
import dev.millrace.ingestion.source.OutgoingRecord;
import dev.millrace.ingestion.source.Outlet;
import dev.millrace.ingestion.source.OutletUnavailableException;

import org.jspecify.annotations.Nullable;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Supplier;

/**
 * Takes requests: finds their source, reads their events, and answers when these are safe. A
 * lenient source (Segment's way) quarantines what it refuses, so that one bad event does not keep
 * its batch out; a strict one (RudderStack's way) refuses the request and stores nothing of it.
 */
final class TrackingDoor {

    private final Supplier<SegmentSources> sources;
    private final Outlet outlet;
    private final DoorCounts counts;
    private final Clock clock;

    TrackingDoor(Supplier<SegmentSources> sources, Outlet outlet, DoorCounts counts, Clock clock) {
        this.sources = sources;
        this.outlet = outlet;
        this.counts = counts;
        this.clock = clock;
    }

    /** Whether a source has this key. */
    boolean knows(String writeKey) {
        return sources.get().find(writeKey) != null;
    }

    /** Whether the caller is told of mistakes, as far as the headers tell. */
    boolean isStrict(TrackingRequest request) {
        SegmentSources.Entry door =
                sources.get()
                        .find(
                                request.headerKey() == null
                                        ? request.queryKey()
                                        : request.headerKey());
        return request.strict() || (door != null && door.source().strict());
    }

    /** Takes a request, and answers when it is done with. */
    Answer take(TrackingRequest request, byte[] body, ByteBudget.Reservation reservation) {
        try {
            ParsedBody parsed = parse(request, body);
            String writeKey = writeKey(request, parsed);
            SegmentSources.Entry door = sources.get().find(writeKey);
            if (door == null) {
                checkNotStrict(request, writeKey);
                return Answer.DONE;
            }
            DoorCounts.OfSource count = counts.of(door.source().name());
            count.countBytes(body.length);
            take(request, body, parsed, door, count, new SortedEvents(reservation));
            return Answer.DONE;
        } catch (WrongRequestException e) {
            return e.answer();
        } catch (OutletUnavailableException e) {
            return new Answer.Later(e.reason());
        }
    }

    private ParsedBody parse(TrackingRequest request, byte[] body) throws WrongRequestException {
        if (body.length == 0) {
            throw new WrongRequestException(
                    isStrict(request) ? Answer.noBody() : Answer.invalidJson("the body is empty"));
        }
        try {
            return request.call() == null ? ParsedBody.batch(body) : ParsedBody.single(body);
        } catch (InvalidJsonException e) {
            throw new WrongRequestException(Answer.invalidJson(e.getMessage()));
        }
    }

    private static @Nullable String writeKey(TrackingRequest request, ParsedBody body) {
        if (request.headerKey() != null) {
            return request.headerKey();
        }
        return body.writeKey() == null ? request.queryKey() : body.writeKey();
    }

    /** Segment takes a request for no source, and forgets it. */
    private static void checkNotStrict(TrackingRequest request, @Nullable String writeKey)
            throws WrongRequestException {
        if (request.strict()) {
            throw new WrongRequestException(
                    writeKey == null ? Answer.noWriteKey() : Answer.unknownWriteKey());
        }
    }

    private void take(
            TrackingRequest request,
            byte[] body,
            ParsedBody parsed,
            SegmentSources.Entry door,
            DoorCounts.OfSource count,
            SortedEvents events)
            throws WrongRequestException, OutletUnavailableException {
        boolean strict = request.strict() || door.source().strict();
        Instant receivedAt = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        TrackingRecords records = new TrackingRecords(door, receivedAt, request.traceParent());
        EventReader reader =
                new EventReader(
                        Circumstances.of(
                                request.call(),
                                parsed,
                                receivedAt,
                                request.address(),
                                request.fromPage()));
        List<ParsedBody.Item> items = parsed.items();
        boolean batchExpected = request.call() == null;
        if (strict && batchExpected && (!parsed.isBatch() || items.isEmpty())) {
            throw new WrongRequestException(Answer.emptyBatch());
        }
        int apart = Math.min(items.size(), Limits.BATCH_EVENTS + Limits.EXCESS_APART);
        for (int i = 0; i < apart; i++) {
            ParsedBody.Item item = items.get(i);
            try {
                checkPlace(i, items.size(), parsed.isBatch() == batchExpected);
                events.accept(records.accepted(reader.read(item.value(), item.size())));
            } catch (RefusedEventException refusal) {
                if (strict) {
                    count.countRefused(refusal.reason(), 1);
                    throw new WrongRequestException(
                            batchExpected ? Answer.refused(refusal, i) : Answer.refused(refusal));
                }
                events.refuse(
                        records.quarantined(body, item, reader, refusal), refusal.reason(), 1);
            }
            checkWeight(events, strict);
        }
        if (apart < items.size()) {
            List<ParsedBody.Item> rest = items.subList(apart, items.size());
            events.refuse(
                    records.quarantined(rest, tooMany(items.size())),
                    QuarantineReason.TOO_MANY,
                    rest.size());
        }
        store(events, records, strict);
        events.countInto(count);
    }

    private static void checkPlace(int index, int total, boolean isAsExpected)
            throws RefusedEventException {
        if (!isAsExpected) {
            throw RefusedEventException.invalid("a batch is an object with an array 'batch'");
        }
        if (index >= Limits.BATCH_EVENTS) {
            throw tooMany(total);
        }
    }

    private static RefusedEventException tooMany(int total) {
        return RefusedEventException.tooMany(
                "the batch has "
                        + total
                        + " events; the first "
                        + Limits.BATCH_EVENTS
                        + " are taken, send the others in batches of their own");
    }

    private static void checkWeight(SortedEvents events, boolean strict)
            throws WrongRequestException {
        if (events.weight() > Limits.REQUEST_WEIGHT) {
            throw new WrongRequestException(
                    Answer.tooLarge(
                            strict,
                            "with the batch's context in each of them, the events come to more"
                                    + " than "
                                    + Limits.REQUEST_WEIGHT
                                    + " bytes; send fewer at once"));
        }
    }

    private void store(SortedEvents events, TrackingRecords records, boolean strict)
            throws WrongRequestException, OutletUnavailableException {
        List<OutgoingRecord> tooLarge = outlet.store(events.records());
        if (tooLarge.isEmpty()) {
            return;
        }
        if (!strict) {
            events.refuseAccepted(tooLarge.size());
            tooLarge = outlet.store(tooLarge.stream().map(records::quarantined).toList());
        }
        if (strict || !tooLarge.isEmpty()) {
            throw new WrongRequestException(
                    Answer.tooLarge(strict, "Kafka does not take records of this size"));
        }
    }
}
