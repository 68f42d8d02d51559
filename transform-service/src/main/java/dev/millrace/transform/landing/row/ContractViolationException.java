package dev.millrace.transform.landing.row;

/** A row is not what its stream's contract says. */
public final class ContractViolationException extends Exception {

    private final String column;

    /**
     * @param message every rule that it breaks, for people
     * @param column the column of the first of them
     */
    public ContractViolationException(String message, String column) {
        super(message);
        this.column = column;
    }

    public String column() {
        return column;
    }
}
