package dev.millrace.ingestion.tracking;

import dev.millrace.contracts.record.QuarantineReason;
import dev.millrace.contracts.topic.Topics;
import dev.millrace.ingestion.payload.InvalidJsonException;
import dev.millrace.ingestion.source.BodyReader;
import dev.millrace.ingestion.source.ByteBudget;
import dev.millrace.ingestion.source.DoorCounts;
import dev.millrace.ingestion.source.DoorCounts.TurnedAway;
import dev.millrace.ingestion.source.OutgoingRecord;
import dev.millrace.ingestion.source.Outlet;
import dev.millrace.ingestion.source.OutletUnavailableException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
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
    private final Strangers strangers;
    private final RequestPace pace;
    private final Clock clock;

    TrackingDoor(
            Supplier<SegmentSources> sources,
            Outlet outlet,
            DoorCounts counts,
            TrackingSettings settings,
            Clock clock) {
        this.sources = sources;
        this.outlet = outlet;
        this.counts = counts;
        this.strangers = new Strangers(counts, clock);
        this.pace = new RequestPace(settings.requestsPerSecond(), clock);
        this.clock = clock;
    }

    /** Whether a source has this key. */
    boolean knows(String writeKey) {
        return sources.get().find(writeKey) != null;
    }

    /** Takes a request, and answers when it is done with. */
    Answer take(
            TrackingRequest request, IncomingBody incoming, ByteBudget.Reservation reservation) {
        SegmentSources current = sources.get();
        // The header's key counts whatever the body says. If no source has it, or has it too often,
        // the body is not worth the memory to read it.
        SegmentSources.Entry byHeader = current.find(request.headerKey());
        if (request.headerKey() != null && byHeader == null) {
            return nobodys(request, request.headerKey());
        }
        SegmentSources.Entry door = byHeader == null ? current.find(request.queryKey()) : byHeader;
        try {
            if (byHeader != null) {
                checkPace(byHeader);
            }
            byte[] body = read(request, door, incoming);
            reservation.take(ParsedBody.weight(body));
            ParsedBody parsed = parse(request, body);
            String writeKey = writeKey(request, parsed);
            door = current.find(writeKey);
            if (door == null) {
                return nobodys(request, writeKey);
            }
            if (byHeader == null) {
                checkPace(door);
            }
            DoorCounts.OfSource count = counts.of(door.source().name());
            count.countBytes(body.length);
            take(request, body, parsed, door, count, new SortedEvents(reservation));
            return Answer.DONE;
        } catch (WrongRequestException e) {
            if (door != null && e.outcome() != null) {
                counts.of(door.source().name()).countTurnedAway(e.outcome());
            }
            return e.answer();
        } catch (OutletUnavailableException e) {
            return new Answer.Later(e.reason());
        } catch (IOException e) {
            return Answer.invalidJson("the body ended before it was complete");
        }
    }

    /** Segment takes a request for no source, and forgets it. */
    private Answer nobodys(TrackingRequest request, @Nullable String writeKey) {
        strangers.note(writeKey);
        if (!request.strict()) {
            return Answer.DONE;
        }
        return writeKey == null ? Answer.noWriteKey() : Answer.unknownWriteKey();
    }

    private void checkPace(SegmentSources.Entry door) throws WrongRequestException {
        if (!pace.take(door.source().name())) {
            throw WrongRequestException.turnedAway(TurnedAway.RATE_LIMITED, new Answer.TooFast());
        }
    }

    private static byte[] read(
            TrackingRequest request, SegmentSources.@Nullable Entry door, IncomingBody incoming)
            throws WrongRequestException, IOException, OutletUnavailableException {
        boolean strict = request.strict() || (door != null && door.source().strict());
        return switch (incoming.read()) {
            case BodyReader.Body.Complete complete when complete.bytes().length == 0 ->
                    throw WrongRequestException.turnedAway(
                            TurnedAway.INVALID_BODY,
                            strict ? Answer.noBody() : Answer.invalidJson("the body is empty"));
            case BodyReader.Body.Complete complete -> complete.bytes();
            case BodyReader.Body.TooLarge large ->
                    throw WrongRequestException.turnedAway(
                            TurnedAway.TOO_LARGE,
                            Answer.tooLarge(
                                    strict,
                                    "the body has more than " + request.bodyLimit() + " bytes"));
            case BodyReader.Body.BadGzip bad ->
                    throw WrongRequestException.turnedAway(
                            TurnedAway.INVALID_BODY,
                            Answer.invalidJson("the body begins as gzip and cannot be inflated"));
            case BodyReader.Body.TooSlow slow ->
                    throw WrongRequestException.turnedAway(TurnedAway.TOO_SLOW, Answer.tooSlow());
        };
    }

    private static ParsedBody parse(TrackingRequest request, byte[] body)
            throws WrongRequestException {
        try {
            return request.call() == null ? ParsedBody.batch(body) : ParsedBody.single(body);
        } catch (InvalidJsonException e) {
            throw WrongRequestException.turnedAway(
                    TurnedAway.INVALID_BODY, Answer.invalidJson(e.getMessage()));
        }
    }

    private static @Nullable String writeKey(TrackingRequest request, ParsedBody body) {
        if (request.headerKey() != null) {
            return request.headerKey();
        }
        return body.writeKey() == null ? request.queryKey() : body.writeKey();
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
        Circumstances circumstances =
                Circumstances.of(
                        request.call(), parsed, receivedAt, request.address(), request.fromPage());
        boolean batchExpected = request.call() == null;
        if (strict && batchExpected && (!parsed.isBatch() || parsed.items().isEmpty())) {
            throw WrongRequestException.turnedAway(TurnedAway.INVALID_BODY, Answer.emptyBatch());
        }
        int shared = circumstances.sharedBytes();
        if (shared > Limits.SHARED_BYTES && parsed.isBatch() && !parsed.items().isEmpty()) {
            refuseBatch(body, parsed, shared, records, events, strict);
        } else {
            sort(request, body, parsed, circumstances, records, count, events, strict);
        }
        store(events, records, count, strict);
        events.countInto(count);
    }

    private void sort(
            TrackingRequest request,
            byte[] body,
            ParsedBody parsed,
            Circumstances circumstances,
            TrackingRecords records,
            DoorCounts.OfSource count,
            SortedEvents events,
            boolean strict)
            throws WrongRequestException, OutletUnavailableException {
        EventReader reader = new EventReader(circumstances);
        boolean batchExpected = request.call() == null;
        List<ParsedBody.Item> items = parsed.items();
        for (int i = 0; i < items.size(); i++) {
            ParsedBody.Item item = items.get(i);
            try {
                checkForm(parsed.isBatch() == batchExpected);
                OutgoingRecord record = records.accepted(reader.read(item.value(), item.size()));
                if (record.weight() <= outlet.largest(record.topic())) {
                    events.accept(record);
                } else if (strict) {
                    count.countRefused(QuarantineReason.TOO_LARGE, 1);
                    throw WrongRequestException.refused(tooLargeForKafka(true));
                } else {
                    events.refuse(
                            fitting(records.quarantined(record)), QuarantineReason.TOO_LARGE, 1);
                }
            } catch (RefusedEventException refusal) {
                if (strict) {
                    count.countRefused(refusal.reason(), 1);
                    throw WrongRequestException.refused(
                            batchExpected ? Answer.refused(refusal, i) : Answer.refused(refusal));
                }
                events.refuse(
                        fitting(records.quarantined(body, item, reader, refusal)),
                        refusal.reason(),
                        1);
            }
            checkWeight(events, strict);
        }
        ParsedBody.Excess excess = parsed.excess();
        if (excess != null) {
            RefusedEventException refusal = tooMany(parsed.total());
            if (strict) {
                count.countRefused(refusal.reason(), excess.count());
                throw WrongRequestException.refused(Answer.refused(refusal, items.size()));
            }
            events.refuse(
                    fitting(records.quarantined(body, excess, refusal)),
                    refusal.reason(),
                    excess.count());
        }
    }

    private void refuseBatch(
            byte[] body,
            ParsedBody parsed,
            int shared,
            TrackingRecords records,
            SortedEvents events,
            boolean strict)
            throws WrongRequestException, OutletUnavailableException {
        String detail =
                "the batch's context and integrations have "
                        + shared
                        + " bytes; at most "
                        + Limits.SHARED_BYTES
                        + " go into each event";
        if (strict) {
            throw WrongRequestException.turnedAway(
                    TurnedAway.TOO_LARGE, Answer.tooLarge(true, detail));
        }
        RefusedEventException refusal = RefusedEventException.tooLarge(detail);
        events.refuse(
                fitting(records.quarantined(body, parsed, refusal)),
                refusal.reason(),
                parsed.total());
    }

    /** The record, or of one that its topic would not take what fits. */
    private OutgoingRecord fitting(OutgoingRecord record) {
        return record.weight() <= outlet.largest(record.topic())
                ? record
                : TrackingRecords.excerpt(record);
    }

    private static void checkForm(boolean isAsExpected) throws RefusedEventException {
        if (!isAsExpected) {
            throw RefusedEventException.invalid("a batch is an object with an array 'batch'");
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
            throw WrongRequestException.turnedAway(
                    TurnedAway.TOO_LARGE,
                    Answer.tooLarge(
                            strict,
                            "with the batch's context in each of them, the events come to more"
                                    + " than "
                                    + Limits.REQUEST_WEIGHT
                                    + " bytes; send fewer at once"));
        }
    }

    /** Stores what is sorted; of what Kafka finds too large after all, the beginning. */
    private void store(
            SortedEvents events, TrackingRecords records, DoorCounts.OfSource count, boolean strict)
            throws WrongRequestException, OutletUnavailableException {
        List<OutgoingRecord> tooLarge = outlet.store(events.records());
        if (tooLarge.isEmpty()) {
            return;
        }
        List<OutgoingRecord> lost = tooLarge;
        events.refuseAccepted(
                (int) tooLarge.stream().filter(record -> !isQuarantined(record)).count());
        if (!strict) {
            lost =
                    outlet.store(
                            tooLarge.stream()
                                    .map(
                                            record ->
                                                    isQuarantined(record)
                                                            ? record
                                                            : records.quarantined(record))
                                    .map(TrackingRecords::excerpt)
                                    .toList());
        }
        if (!lost.isEmpty()) {
            events.countInto(count);
            throw WrongRequestException.refused(tooLargeForKafka(strict));
        }
    }

    private static boolean isQuarantined(OutgoingRecord record) {
        return record.topic().equals(Topics.QUARANTINE.name());
    }

    private static Answer tooLargeForKafka(boolean strict) {
        return Answer.tooLarge(strict, "Kafka does not take records of this size");
    }
}
