package dev.millrace.transform.run.node;

import dev.millrace.transform.model.compile.Compiler;
import dev.millrace.transform.model.compile.Substitutes;
import dev.millrace.transform.model.manifest.EventWindow;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.Node;
import dev.millrace.transform.model.manifest.Relation;
import dev.millrace.transform.model.manifest.SourceTable;

import java.util.Map;
import java.util.Optional;

/**
 * What a batch reads: of inputs that say when their rows happened, those of its time.
 *
 * @param compiler knows what else stands for inputs
 */
record BatchInputs(Manifest manifest, Compiler compiler, Batch batch) implements Substitutes {

    private static final String SETTING = "event_time";

    @Override
    public Optional<Relation> of(String id) {
        Optional<Relation> other = compiler.substitutes().of(id);
        Node node = manifest.nodes().get(id);
        if (node != null) {
            String column = node.settings().text(SETTING);
            return column == null || node.isEphemeral()
                    ? other
                    : Optional.of(within(other.orElse(node.relation()), column));
        }
        SourceTable source = manifest.sources().get(id);
        if (source != null
                && source.details().get("config") instanceof Map<?, ?> config
                && config.get(SETTING) != null) {
            return Optional.of(
                    within(other.orElse(source.relation()), String.valueOf(config.get(SETTING))));
        }
        return other;
    }

    @Override
    public Optional<EventWindow> windowOf(Node ephemeral) {
        return Optional.ofNullable(ephemeral.settings().text(SETTING)).map(this::window);
    }

    /** As in dbt, an ephemeral model reads all of its inputs. */
    @Override
    public Substitutes withinEphemerals() {
        return compiler.substitutes();
    }

    private Relation within(Relation relation, String column) {
        boolean empty = compiler.workspace().invocation().empty();
        return relation.limitedTo(empty ? 0 : null).during(window(column));
    }

    private EventWindow window(String column) {
        return new EventWindow(column, batch.start(), batch.end());
    }
}
