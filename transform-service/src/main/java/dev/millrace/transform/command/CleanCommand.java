package dev.millrace.transform.command;

import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;

import org.springframework.util.FileSystemUtils;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Deletes the directories that the project says can be made again. */
@picocli.CommandLine.Command(
        name = "clean",
        mixinStandardHelpOptions = true,
        description = "Delete the directories of clean-targets in dbt_project.yml.")
final class CleanCommand extends ProjectCommand {

    CleanCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    int run(Console console) throws CommandFailedException, IOException {
        Path project = options().project().toRealPath();
        Path file = project.resolve("dbt_project.yml");
        Problems problems = new Problems();
        List<String> targets =
                YamlValue.parse(
                                file.toString(),
                                Files.readAllBytes(file),
                                YamlValue.verbatim(),
                                problems)
                        .filter(YamlValue::isMapping)
                        .map(YamlValue::mapping)
                        .map(CleanCommand::targets)
                        .orElse(List.of());
        if (!problems.isEmpty()) {
            throw new CommandFailedException(Mistakes.text(problems.list()));
        }
        for (String target : targets) {
            Path directory = project.resolve(target).normalize();
            if (!directory.startsWith(project) || directory.equals(project)) {
                throw new CommandFailedException(
                        "clean-targets names "
                                + target
                                + ", which is not within the project; nothing of that was deleted");
            }
            if (Files.isDirectory(directory)) {
                // Links are deleted, and not what they lead to.
                FileSystemUtils.deleteRecursively(directory);
                console.tell("Deleted " + target);
            }
        }
        return 0;
    }

    private static List<String> targets(YamlMapping project) {
        return project.take("clean-targets")
                .map(YamlValue::plain)
                .filter(List.class::isInstance)
                .map(value -> ((List<?>) value).stream().map(String::valueOf).toList())
                .orElse(List.of("target"));
    }
}
