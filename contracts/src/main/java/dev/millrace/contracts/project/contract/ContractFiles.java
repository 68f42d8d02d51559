package dev.millrace.contracts.project.contract;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code contracts/*.yaml}: data contracts by ODCS 3.0 and 3.1. */
public final class ContractFiles {

    /** The folder of contracts. */
    public static final String FOLDER = "contracts";

    /** What queries of quality checks have for the table and the column they are run on. */
    private static final Set<String> OF_QUERIES = Set.of("table", "column", "object", "property");

    private ContractFiles() {}

    /** The contracts of a project, in the order of files; mistakes go to the collector. */
    public static List<Contract> read(
            ProjectFiles files, Environment environment, Problems problems) {
        Environment known =
                name ->
                        OF_QUERIES.contains(name)
                                ? YamlValue.verbatim().value(name)
                                : environment.value(name);
        List<Contract> contracts = new ArrayList<>();
        for (String path : files.below(FOLDER, "yml", "yaml")) {
            read(path, files.bytes(path), known, problems).ifPresent(contracts::add);
        }
        return List.copyOf(contracts);
    }

    private static Optional<Contract> read(
            String path, byte @Nullable [] content, Environment environment, Problems problems) {
        if (content == null) {
            return Optional.empty();
        }
        Problems own = new Problems();
        Optional<Contract> contract =
                YamlValue.parse(path, content, environment, own)
                        .filter(document -> isValid(document, own))
                        .map(document -> new ContractReader(path).read(document.mapping()));
        for (Problem problem : own.list()) {
            problems.add(problem.position(), problem.message());
        }
        return own.isEmpty() ? contract : Optional.empty();
    }

    private static boolean isValid(YamlValue document, Problems own) {
        if (document.isMapping()) {
            YamlMapping top = document.mapping();
            String standard = Shape.word(top, "apiVersion");
            if (standard.startsWith("v2") || top.entries().containsKey("dataset")) {
                top.reject(
                        "apiVersion",
                        "contracts of ODCS 2 are not read; write it by ODCS 3.1 (apiVersion:"
                                + " v3.1.0), which describes tables in 'schema' instead of"
                                + " 'dataset'");
                return false;
            }
        }
        ContractShape.CONTRACT.check(document);
        return own.isEmpty();
    }
}
