package dev.millrace.transform.landing;

import dev.millrace.contracts.record.QuarantineReason;

/**
 * Why a record does not land.
 *
 * @param record its place in the poll
 * @param column the column that a value did not fit, or nothing
 */
record Rejection(
        int record,
        String source,
        String stream,
        QuarantineReason reason,
        String detail,
        String column) {}
