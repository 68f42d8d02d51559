package dev.millrace.transform.schema;

import dev.millrace.contracts.event.SchemaChanged;
import dev.millrace.contracts.event.SchemaChanged.Change;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A proposal as operators see it.
 *
 * @param columns the column to add, or those that a new table begins with, with their types
 * @param records how many records have needed it
 * @param waiting how many of them are held for it now
 * @param then what becomes of records that need it although it was rejected
 */
public record ProposalView(
        long id,
        String state,
        String relation,
        String change,
        @Nullable String column,
        @Nullable String type,
        Map<String, String> columns,
        @Nullable String origin,
        @Nullable String likelyRenamedFrom,
        long records,
        long waiting,
        String topic,
        int partition,
        long offset,
        String revision,
        Instant proposedAt,
        @Nullable Instant decidedAt,
        @Nullable String decidedBy,
        @Nullable String decidedWhy,
        @Nullable String then,
        SchemaChanged.Dependents dependents) {

    /** A proposal, with what uses what it is about. */
    public static ProposalView of(Proposal proposal, Dependents dependents) {
        WantedChange wanted = proposal.wanted();
        boolean table = wanted.key().change() == Change.CREATE_TABLE;
        NeededColumn column = table ? null : wanted.columns().getFirst();
        Map<String, String> columns = new LinkedHashMap<>();
        wanted.columns().forEach(each -> columns.put(each.name(), each.type().sql()));
        return new ProposalView(
                proposal.id(),
                proposal.state().text(),
                wanted.key().relation().qualified(),
                wanted.key().change().name().toLowerCase(Locale.ROOT),
                column == null ? null : column.name(),
                column == null ? null : column.type().sql(),
                columns,
                column == null || column.origin().isEmpty() ? null : column.origin(),
                column == null ? null : column.likelyRenamedFrom(),
                proposal.records(),
                proposal.waiting(),
                wanted.first().topic(),
                wanted.first().partition(),
                wanted.first().offset(),
                proposal.revision(),
                proposal.proposedAt(),
                proposal.decidedAt(),
                proposal.decidedBy(),
                proposal.decidedWhy(),
                proposal.state() == Proposal.State.REJECTED
                        ? proposal.then().name().toLowerCase(Locale.ROOT)
                        : null,
                dependents.of(wanted.key().relation(), column == null ? null : column.name()));
    }
}
