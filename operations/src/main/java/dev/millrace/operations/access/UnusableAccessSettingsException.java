package dev.millrace.operations.access;

/** The settings leave no way to verify operators' tokens. */
final class UnusableAccessSettingsException extends RuntimeException {

    private final String action;

    UnusableAccessSettingsException(String description, String action) {
        super(description);
        this.action = action;
    }

    String action() {
        return action;
    }
}
