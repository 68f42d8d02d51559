package dev.millrace.ingestion.tracking;

import dev.millrace.contracts.record.QuarantineReason;

/** An event that breaks a rule of the format. */
final class RefusedEventException extends Exception {

    /** RudderStack's words for an event that names nobody. */
    static final String NOBODY = "request neither has anonymousId nor userId";

    /** RudderStack's words for every other mistake. */
    static final String NO_EVENT = "event is not a valid rudder event";

    private final QuarantineReason reason;
    private final String answer;
    private final String detail;

    private RefusedEventException(QuarantineReason reason, String answer, String detail) {
        super(detail);
        this.reason = reason;
        this.answer = answer;
        this.detail = detail;
    }

    static RefusedEventException invalid(String detail) {
        return new RefusedEventException(QuarantineReason.INVALID_EVENT, NO_EVENT, detail);
    }

    static RefusedEventException nobody(String detail) {
        return new RefusedEventException(QuarantineReason.INVALID_EVENT, NOBODY, detail);
    }

    static RefusedEventException tooLarge(String detail) {
        return new RefusedEventException(QuarantineReason.TOO_LARGE, NO_EVENT, detail);
    }

    static RefusedEventException tooMany(String detail) {
        return new RefusedEventException(QuarantineReason.TOO_MANY, NO_EVENT, detail);
    }

    QuarantineReason reason() {
        return reason;
    }

    /** What a strict source answers. */
    String answer() {
        return answer;
    }

    /** What exactly is wrong; holds nothing of the event's values, which may be personal. */
    String detail() {
        return detail;
    }
}
