package dev.millrace.transform.model.manifest;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/**
 * What a generic test is an instance of.
 *
 * @param name name of the test, without {@code test_}
 * @param namespace package that it is looked for in; null for that of the node
 * @param arguments arguments of its macro, as templates
 * @param column column that it stands at; null if it stands at the whole
 * @param attachedTo id of the node that it was written beside; null for sources
 */
public record TestDetail(
        String name,
        @Nullable String namespace,
        Map<String, Object> arguments,
        @Nullable String column,
        @Nullable String attachedTo) {}
