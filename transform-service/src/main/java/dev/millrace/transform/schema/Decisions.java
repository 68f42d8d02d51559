package dev.millrace.transform.schema;

import dev.millrace.contracts.project.source.SchemaContract.Mode;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/**
 * What has been decided on the changes of a table, and what is still to be.
 *
 * @param open how many changes of it wait for somebody
 */
public record Decisions(Map<WantedChange.Key, Decision> byKey, long open) {

    /** Nobody was asked yet. */
    public static final Decisions NONE = new Decisions(Map.of(), 0);

    public Decisions {
        byKey = Map.copyOf(byKey);
    }

    /**
     * What has become of a proposal.
     *
     * @param then what becomes of records that need the change although it was rejected
     */
    public record Decision(
            long id, Proposal.State state, Mode then, @Nullable String by, @Nullable String why) {}

    public @Nullable Decision on(WantedChange.Key key) {
        return byKey.get(key);
    }
}
