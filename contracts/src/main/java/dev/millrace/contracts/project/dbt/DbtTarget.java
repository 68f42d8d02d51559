package dev.millrace.contracts.project.dbt;

/**
 * Where models are built, from the project's {@code profiles.yml} if it has one.
 *
 * @param name name of the target
 * @param schema default schema of models
 */
public record DbtTarget(String name, String schema) {

    public static final DbtTarget DEFAULT = new DbtTarget("millrace", "analytics");
}
