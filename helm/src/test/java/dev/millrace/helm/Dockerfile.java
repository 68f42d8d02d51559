package dev.millrace.helm;

import com.google.gson.Gson;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The instructions of the repository's Dockerfile, by stage. */
record Dockerfile(Map<String, Stage> stages) {

    /** One instruction, its lines joined. */
    record Instruction(String name, String arguments) {}

    /** What stands between one FROM and the next. */
    record Stage(String from, List<Instruction> instructions) {

        List<String> all(String name) {
            return instructions.stream()
                    .filter(instruction -> instruction.name().equals(name))
                    .map(Instruction::arguments)
                    .toList();
        }

        String one(String name) {
            List<String> found = all(name);
            if (found.size() != 1) {
                throw new AssertionError(name + " stands " + found.size() + " times");
            }
            return found.getFirst();
        }
    }

    static Dockerfile read() throws IOException {
        Map<String, Stage> stages = new LinkedHashMap<>();
        List<Instruction> current = new ArrayList<>();
        StringBuilder continued = new StringBuilder();
        for (String line : Files.readAllLines(Repository.file("Dockerfile"))) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            continued.append(continued.isEmpty() ? line : line.strip());
            if (line.endsWith("\\")) {
                continued.setLength(continued.length() - 1);
                continue;
            }
            String[] parts = continued.toString().strip().split("\\s+", 2);
            continued.setLength(0);
            if (parts[0].equals("FROM")) {
                String[] words = parts[1].split("\\s+", -1);
                current = new ArrayList<>();
                stages.put(words[2], new Stage(words[0], current));
            } else {
                current.add(new Instruction(parts[0], parts[1]));
            }
        }
        return new Dockerfile(stages);
    }

    Stage stage(String name) {
        Stage stage = stages.get(name);
        if (stage == null) {
            throw new AssertionError("no stage " + name + " in " + stages.keySet());
        }
        return stage;
    }

    /** An instruction that an image has from its stage, or else from the one it is built from. */
    String effective(String name, String instruction) {
        Stage stage = stage(name);
        List<String> own = stage.all(instruction);
        return own.isEmpty() ? effective(stage.from(), instruction) : own.getLast();
    }

    /** The words of such an instruction in JSON form. */
    List<String> words(String name, String instruction) {
        String arguments = effective(name, instruction);
        return List.of(
                new Gson().fromJson(arguments.substring(arguments.indexOf('[')), String[].class));
    }

    /** The environment that an image starts with, from its stage and those it is built from. */
    Map<String, String> environment(String name) {
        Map<String, String> environment = new LinkedHashMap<>();
        Stage stage = stage(name);
        if (stages.containsKey(stage.from())) {
            environment.putAll(environment(stage.from()));
        }
        for (String arguments : stage.all("ENV")) {
            // NAME=value or NAME="several words", separated by spaces
            Arrays.stream(arguments.split("\\s+(?=[A-Z_]+=)", -1))
                    .map(assignment -> assignment.split("=", 2))
                    .forEach(
                            pair ->
                                    environment.put(
                                            pair[0], pair[1].strip().replaceAll("^\"|\"$", "")));
        }
        return environment;
    }
}
