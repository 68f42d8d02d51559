package dev.millrace.transform.run;

import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The tests that properties files attach to columns of models and source tables. */
final class WrittenTests {

    private WrittenTests() {}

    /**
     * A test of a column.
     *
     * @param owner the model's name, or source and table joined by a dot
     * @param column empty for a test of the whole
     */
    record WrittenTest(String owner, String column, String test) {

        String name() {
            return column.isEmpty() ? owner + "." + test : owner + "." + column + "." + test;
        }
    }

    static List<WrittenTest> of(ProjectFiles files) {
        List<WrittenTest> tests = new ArrayList<>();
        for (String path : files.below("", "yml", "yaml")) {
            // What is wrong with a file is told where the project is checked.
            YamlValue.parse(
                            path,
                            files.text(path).getBytes(StandardCharsets.UTF_8),
                            YamlValue.verbatim(),
                            new Problems())
                    .filter(document -> !document.isScalar())
                    .ifPresent(document -> file(document.mapping(), tests));
        }
        return tests;
    }

    private static void file(YamlMapping top, List<WrittenTest> tests) {
        for (String kind : List.of("models", "seeds")) {
            for (YamlValue node : items(top, kind)) {
                owner(node.mapping(), name(node.mapping()), tests);
            }
        }
        for (YamlValue source : items(top, "sources")) {
            YamlMapping mapping = source.mapping();
            String name = name(mapping);
            for (YamlValue table : items(mapping, "tables")) {
                owner(table.mapping(), name + "." + name(table.mapping()), tests);
            }
        }
    }

    private static void owner(YamlMapping owner, String name, List<WrittenTest> tests) {
        tests(owner, name, "", tests);
        for (YamlValue column : items(owner, "columns")) {
            tests(column.mapping(), name, name(column.mapping()), tests);
        }
    }

    private static void tests(
            YamlMapping mapping, String owner, String column, List<WrittenTest> tests) {
        for (String key : List.of("tests", "data_tests")) {
            for (YamlValue test : items(mapping, key)) {
                test.text()
                        .or(() -> test.mapping().entries().keySet().stream().findFirst())
                        .ifPresent(name -> tests.add(new WrittenTest(owner, column, name)));
            }
        }
    }

    private static List<YamlValue> items(YamlMapping mapping, String key) {
        return mapping.list(key);
    }

    private static String name(YamlMapping mapping) {
        String name = mapping.text("name");
        return name == null ? "" : name;
    }
}
