package dev.millrace.contracts.project.source;

import dev.millrace.contracts.project.contract.BoundContract;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What a project says of one stream.
 *
 * @param name the stream, which becomes its table
 * @param topic the topic to read, for a Kafka source only
 * @param format how the records of that topic are written
 * @param id path in the payload of the identity; null for the source's own
 * @param eventTime path in the payload of the time it happened; null for the source's own
 * @param writing how they go into the table
 * @param contract what its records are held to; null without a contract
 * @param partition the periods by which its table is partitioned; null for a table without
 *     partitions
 * @param tenant the column of its table that names the tenant of a row; null if it has no tenants
 */
public record StreamSettings(
        String name,
        @Nullable String topic,
        Format format,
        @Nullable List<String> id,
        @Nullable List<String> eventTime,
        Writing writing,
        @Nullable BoundContract contract,
        @Nullable PartitionBy partition,
        @Nullable String tenant) {

    /** A stream whose records are added, without a contract and partitions. */
    public StreamSettings(
            String name,
            @Nullable String topic,
            Format format,
            @Nullable List<String> id,
            @Nullable List<String> eventTime) {
        this(name, topic, format, id, eventTime, Writing.APPEND, null, null, null);
    }

    /** Whether its records are changes of rows, and no rows of their own. */
    public boolean isOfChanges() {
        return format == Format.DEBEZIUM || writing.disposition() == Writing.Disposition.MERGE;
    }

    /** Whether its records come in loads, each of which takes the place of the one before. */
    public boolean isOfLoads() {
        return writing.disposition() == Writing.Disposition.REPLACE;
    }

    /** How the records of a topic are written. */
    public enum Format {
        JSON,
        /** Change events as Debezium writes them, or as its ExtractNewRecordState flattens them. */
        DEBEZIUM
    }
}
