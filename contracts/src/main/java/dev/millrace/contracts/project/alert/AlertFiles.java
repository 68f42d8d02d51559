package dev.millrace.contracts.project.alert;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.NearestName;
import dev.millrace.contracts.project.Position;
import dev.millrace.contracts.project.Problems;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.contracts.project.cube.CubeModel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code alerts/*.yml}. */
public final class AlertFiles {

    private static final int MAX_ALERTS = 1_000;

    private final AlertReader reader;
    private final List<Channel> channels = new ArrayList<>();
    private final List<Alert> alerts = new ArrayList<>();
    private final List<YamlMapping> written = new ArrayList<>();
    private final Map<String, Position> channelNames = new HashMap<>();
    private final Map<String, Position> alertNames = new HashMap<>();

    private AlertFiles(CubeModel cubes) {
        this.reader = new AlertReader(cubes);
    }

    /** The alerts of a project; mistakes, also references that lead nowhere, are collected. */
    public static AlertModel read(
            ProjectFiles files, CubeModel cubes, Environment environment, Problems problems) {
        AlertFiles read = new AlertFiles(cubes);
        files.below("alerts", "yml", "yaml")
                .forEach(
                        path ->
                                YamlValue.parse(path, files.bytes(path), environment, problems)
                                        .ifPresent(read::readFile));
        read.checkReferences();
        return new AlertModel(read.channels, read.alerts);
    }

    /**
     * Reads one alert that stands in no file, in YAML or JSON, with the channels and the other
     * alerts of a project. It takes nothing from the environment.
     *
     * @return nothing if it has mistakes
     */
    public static Optional<Alert> one(
            String text, AlertModel beside, CubeModel cubes, Problems problems) {
        AlertFiles read = new AlertFiles(cubes);
        beside.channels().forEach(c -> read.channelNames.put(c.name(), c.position()));
        beside.alerts().forEach(a -> read.alertNames.put(a.name(), a.position()));
        YamlValue.parse(
                        "definition",
                        text.getBytes(StandardCharsets.UTF_8),
                        YamlValue.verbatim(),
                        problems)
                .ifPresent(
                        value -> {
                            YamlMapping alert = value.mapping();
                            read.alerts.add(read.reader.read(alert));
                            alert.rejectUnknown();
                            read.written.add(alert);
                        });
        read.checkNames();
        return problems.isEmpty() ? read.alerts.stream().findFirst() : Optional.empty();
    }

    private void readFile(YamlValue document) {
        YamlMapping top = document.mapping();
        for (YamlValue item : top.list("channels")) {
            YamlMapping channel = item.mapping();
            ChannelReader.read(channel)
                    .ifPresent(
                            found -> {
                                claim(channel, found.name(), channelNames, "channel");
                                channels.add(found);
                            });
            channel.rejectUnknown();
        }
        for (YamlValue item : top.list("alerts")) {
            YamlMapping mapping = item.mapping();
            Alert alert = reader.read(mapping);
            mapping.rejectUnknown();
            claim(mapping, alert.name(), alertNames, "alert");
            if (alerts.size() == MAX_ALERTS) {
                mapping.reject("name", "a project has at most " + MAX_ALERTS + " alerts");
            }
            alerts.add(alert);
            written.add(mapping);
        }
        top.rejectUnknown();
    }

    private static void claim(
            YamlMapping mapping, String name, Map<String, Position> names, String kind) {
        Position other = name.isEmpty() ? null : names.putIfAbsent(name, mapping.position("name"));
        if (other != null) {
            mapping.reject(
                    "name", "the name '%s' is taken by the %s at %s".formatted(name, kind, other));
        }
    }

    private void checkReferences() {
        checkNames();
        Map<String, List<String>> inhibitors = new LinkedHashMap<>();
        alerts.forEach(alert -> inhibitors.putIfAbsent(alert.name(), alert.inhibitedBy()));
        for (int i = 0; i < alerts.size(); i++) {
            String name = alerts.get(i).name();
            if (reaches(name, name, inhibitors, new HashSet<>())) {
                written.get(i)
                        .reject(
                                "inhibited_by",
                                "the alert '%s' is inhibited by itself, so that nobody would be told"
                                        .formatted(name));
            }
        }
    }

    private void checkNames() {
        for (int i = 0; i < alerts.size(); i++) {
            YamlMapping mapping = written.get(i);
            checkKnown(mapping, "notify", channelNames, "channel");
            checkKnown(mapping, "inhibited_by", alertNames, "alert");
        }
    }

    private static void checkKnown(
            YamlMapping mapping, String key, Map<String, Position> names, String kind) {
        for (YamlValue item : mapping.list(key)) {
            String name = item.isScalar() && !item.isNull() ? item.text().orElse("") : "";
            if (!name.isEmpty() && !names.containsKey(name)) {
                item.reject(
                        "there is no %s '%s'%s"
                                .formatted(kind, name, NearestName.hint(name, names.keySet())));
            }
        }
    }

    private static boolean reaches(
            String goal, String from, Map<String, List<String>> inhibitors, Set<String> seen) {
        for (String next : inhibitors.getOrDefault(from, List.of())) {
            if (next.equals(goal) || (seen.add(next) && reaches(goal, next, inhibitors, seen))) {
                return true;
            }
        }
        return false;
    }
}
