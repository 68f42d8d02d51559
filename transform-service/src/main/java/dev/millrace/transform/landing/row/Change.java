package dev.millrace.transform.landing.row;

/** What a record says of the row of its key, besides the values. */
public final class Change {

    private final Operation operation;
    private final Position position;
    private final boolean whole;
    private final int[] nulls;
    private final int[] unsent;

    Change(Operation operation, Position position, boolean whole, int[] nulls, int[] unsent) {
        this.operation = operation;
        this.position = position;
        this.whole = whole;
        this.nulls = nulls;
        this.unsent = unsent;
    }

    public Operation operation() {
        return operation;
    }

    public Position position() {
        return position;
    }

    /** Whether a column that it does not mention is null; or else that stays as it is. */
    public boolean whole() {
        return whole;
    }

    /** Columns of the batch that are null in it. */
    public int[] nulls() {
        return nulls;
    }

    /** Columns of the batch whose value did not change and was not sent. */
    public int[] unsent() {
        return unsent;
    }
}
