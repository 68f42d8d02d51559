package dev.millrace.transform.model.manifest;

import dev.millrace.contracts.project.Position;

/** What a run carries out: a node, or a unit test, which is none. */
public sealed interface Step permits Node, UnitTest {

    /** dbt's unique id. */
    String id();

    String name();

    String packageName();

    ResourceType type();

    Position position();

    /** Whether it looks for mistakes, and builds nothing. */
    default boolean isTest() {
        return type() == ResourceType.TEST || type() == ResourceType.UNIT_TEST;
    }
}
