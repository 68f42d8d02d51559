package dev.millrace.transform;

import dev.millrace.test.ArchitectureRules;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.stream.Stream;

class ArchitectureTest {

    @TestFactory
    Stream<DynamicTest> theHouseKeepsItsRules() {
        return ArchitectureRules.of("dev.millrace.transform")
                .general("jinja", "publish", "quarantine", "schema")
                .offering("command")
                .composing("command", "landing", "run")
                .kafkaIn("landing", "publish")
                .tests();
    }
}
