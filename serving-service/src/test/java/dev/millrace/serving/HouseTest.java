package dev.millrace.serving;

import dev.millrace.test.ArchitectureRules;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.stream.Stream;

class HouseTest {

    @TestFactory
    Stream<DynamicTest> theHouseKeepsItsRules() {
        return ArchitectureRules.of("dev.millrace.serving")
                .general("publish", "access")
                .composing("query", "alert", "live", "feed")
                .kafkaIn("publish")
                .httpIn("Doors", "Request", "Argument", "Pass", "Errors")
                .tests();
    }
}
