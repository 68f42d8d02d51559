package dev.millrace.helm.training;

import dev.millrace.contracts.warehouse.Role;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/** One of the three services, with the database roles that it connects as. */
enum TrainedService {
    INGESTION,
    TRANSFORM,
    SERVING;

    static TrainedService named(String name) {
        return Arrays.stream(values())
                .filter(service -> service.toString().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "no service "
                                                + name
                                                + ": one of "
                                                + Arrays.toString(values())));
    }

    /** The roles that it connects as, by the prefix of their environment variables. */
    Map<String, Role> roles() {
        return switch (this) {
            case INGESTION -> Map.of("SPRING_DATASOURCE", Role.INGESTION);
            case TRANSFORM ->
                    Map.of("SPRING_DATASOURCE", Role.TRANSFORM, "MILLRACE_MODELS", Role.MODELS);
            case SERVING ->
                    Map.of("SPRING_DATASOURCE", Role.SERVING, "MILLRACE_WAREHOUSE", Role.READER);
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
