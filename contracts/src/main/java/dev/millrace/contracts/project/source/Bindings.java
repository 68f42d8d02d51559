package dev.millrace.contracts.project.source;

import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.contract.BoundContract;
import dev.millrace.contracts.project.contract.Contract;
import dev.millrace.contracts.project.contract.ContractFiles;
import dev.millrace.contracts.project.contract.SchemaObject;
import dev.millrace.contracts.project.contract.Unenforced;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the contracts that streams name, and tells what of them is not enforced. */
final class Bindings {

    private static final String KEY = "contract";
    private static final Set<String> PAST = Set.of("deprecated", "retired");

    private final ProjectFiles files;
    private final Map<String, Contract> byFile = new LinkedHashMap<>();
    private final Problems problems;

    Bindings(ProjectFiles files, List<Contract> contracts, Problems problems) {
        this.files = files;
        this.problems = problems;
        contracts.forEach(contract -> byFile.put(contract.file(), contract));
    }

    /**
     * What the stream's records are held to; null if it names no contract, or none that is good.
     */
    @Nullable BoundContract contract(YamlMapping stream, String name) {
        String file = stream.text(KEY);
        if (file == null) {
            return null;
        }
        List<String> known = files.below(ContractFiles.FOLDER, "yml", "yaml");
        if (!known.contains(file)) {
            stream.reject(
                    KEY,
                    "there is no file '%s'; a contract is named by its path, which begins with %s/"
                                    .formatted(file, ContractFiles.FOLDER)
                            + NearestName.hint(file, known));
            return null;
        }
        Contract contract = byFile.get(file);
        if (contract == null) {
            // Its own mistakes are told already.
            return null;
        }
        Optional<SchemaObject> object = contract.objectFor(name);
        if (object.isEmpty()) {
            stream.reject(KEY, noObject(contract, name));
            return null;
        }
        tell(contract, object.get(), name);
        return new BoundContract(contract, object.get());
    }

    /** Warns of what a contract asks for, and only added rows are held to. */
    void tellOfUnique(YamlMapping stream, BoundContract contract, Writing.Disposition disposition) {
        List<SchemaObject.UniqueGroup> unique = contract.object().unique();
        if (!unique.isEmpty()) {
            problems.warn(
                    stream.position(KEY),
                    "%s: '%s' is not enforced"
                            .formatted(
                                    disposition == Writing.Disposition.REPLACE
                                            ? "rows of a load are unique by their identity alone"
                                            : "changes make a row of each key, and nothing else of"
                                                    + " it is unique",
                                    unique.getFirst().rule()));
        }
    }

    private static String noObject(Contract contract, String stream) {
        List<String> names = contract.objects().stream().map(SchemaObject::name).toList();
        return names.isEmpty()
                ? "'%s' has no schema that could describe the stream '%s'"
                        .formatted(contract.file(), stream)
                : "'%s' has no object named '%s', but %s%s"
                        .formatted(
                                contract.file(),
                                stream,
                                names.stream().collect(Collectors.joining(", ")),
                                NearestName.hint(stream, names));
    }

    private void tell(Contract contract, SchemaObject object, String stream) {
        if (PAST.contains(contract.status().toLowerCase(Locale.ROOT))) {
            problems.warn(
                    contract.statusPosition(),
                    "the contract is %s, and the stream '%s' is still held to it"
                            .formatted(contract.status().toLowerCase(Locale.ROOT), stream));
        }
        for (Unenforced rule : contract.unenforced()) {
            problems.warn(rule.position(), rule.message());
        }
        for (Unenforced rule : object.unenforced()) {
            problems.warn(rule.position(), rule.message());
        }
    }
}
