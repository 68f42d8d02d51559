package dev.millrace.contracts.project.alert;

import java.util.List;
import java.util.Optional;

/** The alerts and channels of a project, in the order of files; every name in them is known. */
public record AlertModel(List<Channel> channels, List<Alert> alerts) {

    /** A project without alerts. */
    public static final AlertModel EMPTY = new AlertModel(List.of(), List.of());

    public AlertModel {
        channels = List.copyOf(channels);
        alerts = List.copyOf(alerts);
    }

    public Optional<Channel> channel(String name) {
        return channels.stream().filter(channel -> channel.name().equals(name)).findFirst();
    }

    public Optional<Alert> alert(String name) {
        return alerts.stream().filter(alert -> alert.name().equals(name)).findFirst();
    }
}
