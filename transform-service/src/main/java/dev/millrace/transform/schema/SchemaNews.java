package dev.millrace.transform.schema;

import dev.millrace.contracts.event.SchemaChanged;
import dev.millrace.contracts.event.SchemaChanged.Change;
import dev.millrace.contracts.event.SchemaChanged.FirstRecord;
import dev.millrace.contracts.event.SchemaChanged.State;
import dev.millrace.contracts.topic.Topics;
import dev.millrace.transform.publish.Outbox;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** Tells others of changes of tables, with what uses them, in the transaction of the change. */
final class SchemaNews {

    private final Outbox outbox;
    private final Dependents dependents;

    SchemaNews(Outbox outbox, Dependents dependents) {
        this.outbox = outbox;
        this.dependents = dependents;
    }

    /**
     * What there is to tell.
     *
     * @param column nothing for a table
     */
    record Item(
            State state,
            Change change,
            @Nullable NeededColumn column,
            @Nullable Long proposal,
            @Nullable String by,
            @Nullable String reason,
            RecordPosition first,
            Instant at) {}

    void tell(Connection connection, Relation relation, String revision, List<Item> items)
            throws SQLException {
        outbox.append(
                connection,
                items.stream()
                        .map(
                                item ->
                                        new Outbox.Message(
                                                Topics.SCHEMAS,
                                                relation.qualified(),
                                                event(relation, revision, item)))
                        .toList());
    }

    private SchemaChanged event(Relation relation, String revision, Item item) {
        NeededColumn column = item.column();
        return new SchemaChanged(
                relation.qualified(),
                item.state(),
                item.change(),
                column == null ? null : column.name(),
                column == null ? null : column.type().sql(),
                column == null || column.origin().isEmpty() ? null : column.origin(),
                column == null ? null : column.likelyRenamedFrom(),
                item.proposal(),
                item.by(),
                item.reason(),
                new FirstRecord(
                        item.first().topic(), item.first().partition(), item.first().offset()),
                dependents.of(relation, column == null ? null : column.name()),
                revision,
                item.at());
    }
}
