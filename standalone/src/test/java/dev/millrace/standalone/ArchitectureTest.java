package dev.millrace.standalone;

import dev.millrace.test.ArchitectureRules;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.stream.Stream;

class ArchitectureTest {

    @TestFactory
    Stream<DynamicTest> theHouseKeepsItsRules() {
        return ArchitectureRules.of("dev.millrace.standalone")
                .general("stack", "command")
                .kafkaIn("demo")
                .tests();
    }
}
