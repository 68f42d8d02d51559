package dev.millrace.test;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.stream.Stream;

/** The rules for the modules below this one, which cannot depend on it to check themselves. */
class HouseTest {

    @TestFactory
    Stream<DynamicTest> contractsKeepTheRules() {
        return ArchitectureRules.of("dev.millrace.contracts")
                .general("record", "topic", "warehouse", "project", "event")
                .tests();
    }

    @TestFactory
    Stream<DynamicTest> embeddedKeepsTheRules() {
        return ArchitectureRules.of("dev.millrace.embedded")
                .general("process")
                .kafkaIn("kafka")
                .tests();
    }
}
