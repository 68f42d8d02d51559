package dev.millrace.transform.model.manifest;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a project says of itself beside its nodes.
 *
 * @param docs blocks of prose by id, for example {@code doc.shop.order_status}
 * @param groups groups by id, for example {@code group.shop.finance}
 * @param macros what properties files say of macros, by the macro's id
 * @param selectors definitions of {@code selectors.yml} by name, as they are written
 */
public record Documentation(
        Map<String, DocBlock> docs,
        Map<String, Group> groups,
        Map<String, MacroProperties> macros,
        Map<String, Map<String, Object>> selectors) {

    /** Nothing is said. */
    public static final Documentation NONE =
            new Documentation(Map.of(), Map.of(), Map.of(), Map.of());

    public Documentation {
        docs = inOrder(docs);
        groups = inOrder(groups);
        macros = inOrder(macros);
        selectors = inOrder(selectors);
    }

    private static <T> Map<String, T> inOrder(Map<String, T> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    /**
     * Prose that descriptions refer to by its name.
     *
     * @param path its file, relative to the directory that it was found in
     * @param file its file, relative to its package
     */
    public record DocBlock(
            String id, String packageName, String name, String path, String file, String text) {}

    /**
     * Who a model belongs to.
     *
     * @param file file that declares it, relative to its package
     * @param owner name, email and whatever else is said of the owner
     */
    public record Group(
            String id, String packageName, String name, String file, Map<String, Object> owner) {}

    /**
     * What is said of a macro.
     *
     * @param file the file that says it, as {@code package://path}
     * @param shown whether it is part of the documentation
     */
    public record MacroProperties(
            String file,
            String description,
            Map<String, Object> meta,
            boolean shown,
            List<Argument> arguments) {

        public MacroProperties {
            arguments = List.copyOf(arguments);
        }
    }

    /** An argument of a macro. */
    public record Argument(String name, @Nullable String type, String description) {}
}
