package dev.millrace.transform.model.parse;

import dev.millrace.transform.model.context.Subject;
import dev.millrace.transform.model.context.TemplateNames;
import dev.millrace.transform.model.context.Workspace;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Renders what properties files say. Descriptions and tests keep their templates, which are for
 * later, as do hooks.
 */
final class PropertyRendering {

    private static final Set<String> LATER =
            Set.of("tests", "data_tests", "description", "loaded_at_query");
    private static final Set<String> HOOKS =
            Set.of("pre_hook", "post_hook", "pre-hook", "post-hook");

    private final Workspace workspace;

    PropertyRendering(Workspace workspace) {
        this.workspace = workspace;
    }

    Map<String, Object> render(PropertyItem item) {
        TemplateNames names =
                new TemplateNames(
                        workspace,
                        Subject.ofProject(item.position().file(), item.dbtPackage().name()),
                        new NoReferences(),
                        null);
        return Yaml.map(
                new YamlRendering(item.position().file(), names, PropertyRendering::isRendered)
                        .render(item.written()));
    }

    private static boolean isRendered(List<String> path) {
        for (int i = 0; i < path.size(); i++) {
            String step = path.get(i);
            if (LATER.contains(step) || HOOKS.contains(step)) {
                return false;
            }
            // Given rows of unit tests, filters of metrics: these are data, or for later.
            if (i == 0 && Set.of("given", "expect", "filter", "query_params").contains(step)) {
                return false;
            }
        }
        return true;
    }
}
