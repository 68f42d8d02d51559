package dev.millrace.transform.model.manifest;

/**
 * A statement of the user's that runs before or after a node.
 *
 * @param sql a template
 * @param inTransaction whether it runs in a transaction with what it stands beside
 */
public record Hook(String sql, boolean inTransaction) {}
