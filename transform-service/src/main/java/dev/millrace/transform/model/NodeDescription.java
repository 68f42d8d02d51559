package dev.millrace.transform.model;

import dev.millrace.contracts.warehouse.RelationName;
import dev.millrace.transform.jinja.DictValue;
import dev.millrace.transform.jinja.ListValue;
import dev.millrace.transform.jinja.Values;

import java.util.List;

/**
 * What templates see of a node as {@code model}, and the naming macros as {@code node}: it has the
 * same keys while the project is read as when it is compiled, so that what is a mistake then is one
 * from the start.
 */
final class NodeDescription {

    private NodeDescription() {}

    static DictValue of(Node node) {
        return of(node.resourceType(), node.path(), node.fqn(), node.relation(), node.settings());
    }

    /**
     * A node while it is being read.
     *
     * @param relation what it is going to be, as far as is known
     * @param settings those that are known so far
     */
    static DictValue of(
            String type,
            String path,
            List<String> fqn,
            RelationName relation,
            Node.Settings settings) {
        String name = fqn.getLast();
        String packageName = fqn.getFirst();
        DictValue dict = new DictValue();
        dict.put("resource_type", type);
        dict.put("name", name);
        dict.put("unique_id", type + "." + packageName + "." + name);
        dict.put("package_name", packageName);
        dict.put("path", path);
        dict.put("original_file_path", path);
        dict.put("fqn", new ListValue(fqn));
        dict.put("schema", relation.schema());
        dict.put("alias", relation.name());
        dict.put("tags", new ListValue(settings.tags()));
        dict.put("config", Values.of(settings.all()));
        return dict;
    }
}
