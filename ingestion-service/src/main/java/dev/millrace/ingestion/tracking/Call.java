package dev.millrace.ingestion.tracking;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The calls that describe one event. */
enum Call {
    IDENTIFY("identify", "identifies"),
    TRACK("track", "tracks"),
    PAGE("page", "pages"),
    SCREEN("screen", "screens"),
    GROUP("group", "groups"),
    ALIAS("alias", "aliases");

    private static final Map<String, Call> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(Call::type, Function.identity()));

    private final String type;
    private final String table;

    Call(String type, String table) {
        this.type = type;
        this.table = table;
    }

    /** The value of {@code type} in an event. */
    String type() {
        return type;
    }

    /** The stream of all events of this call but track, where the event names the stream. */
    String table() {
        return table;
    }

    static @Nullable Call named(String type) {
        return BY_NAME.get(type);
    }
}
