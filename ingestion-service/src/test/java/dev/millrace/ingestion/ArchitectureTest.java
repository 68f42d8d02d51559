package dev.millrace.ingestion;

import dev.millrace.test.ArchitectureRules;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.stream.Stream;

class ArchitectureTest {

    @TestFactory
    Stream<DynamicTest> theHouseKeepsItsRules() {
        return ArchitectureRules.of("dev.millrace.ingestion")
                .general("source", "payload")
                .composing("publish")
                .kafkaIn("publish")
                .tests();
    }
}
