package dev.millrace.transform.quarantine;

import dev.millrace.transform.quarantine.QuarantinedRecord.Content;
import dev.millrace.transform.quarantine.QuarantinedRecord.Place;

import java.time.Instant;

/**
 * A record that is held, read back to be tried again.
 *
 * @param source of which it is, as far as that could be told
 * @param reason code of the reason why it is here
 * @param heldSince when it came here
 */
public record HeldRecord(
        long id,
        String source,
        String stream,
        String reason,
        Instant heldSince,
        Place place,
        Content content) {}
