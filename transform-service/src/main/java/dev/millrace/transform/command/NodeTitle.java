package dev.millrace.transform.command;

import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.ResourceType;
import dev.millrace.transform.model.manifest.Step;

/** The words that progress lines have for nodes and kinds of nodes. */
final class NodeTitle {

    private NodeTitle() {}

    /** What a line calls a node: kind and relation, or the name of a test. */
    static String of(Step step) {
        return switch (step.type()) {
            case MODEL -> "sql " + materialized(step) + " model " + relation(step);
            case SEED -> "seed file " + relation(step);
            case SNAPSHOT -> "snapshot " + relation(step);
            case UNIT_TEST -> "unit test " + step.name();
            case OPERATION -> "hook " + step.name();
            default -> "test " + step.name();
        };
    }

    /** What was done with it. */
    static String done(Step step) {
        return switch (step.type()) {
            case MODEL -> "created ";
            case SEED -> "loaded ";
            case SNAPSHOT -> "snapshotted ";
            case OPERATION -> "ran ";
            default -> "";
        };
    }

    /** The kind of a node, as summaries count it. */
    static String kind(Step step) {
        return switch (step.type()) {
            case MODEL -> materialized(step).replace('_', ' ') + " model";
            case TEST -> "data test";
            case UNIT_TEST -> "unit test";
            case OPERATION -> "project hook";
            default -> step.type().label();
        };
    }

    /** A number of things. */
    static String counted(long count, String kind) {
        if (count == 1) {
            return "1 " + kind;
        }
        boolean analysis = kind.equals(ResourceType.ANALYSIS.label());
        return count
                + " "
                + (analysis
                        ? "analyses"
                        : kind.endsWith("y")
                                ? kind.substring(0, kind.length() - 1) + "ies"
                                : kind + "s");
    }

    private static String materialized(Step step) {
        return step instanceof Node node ? node.materialized() : "";
    }

    private static String relation(Step step) {
        return step instanceof Node node ? node.relationName().toString() : step.name();
    }
}
