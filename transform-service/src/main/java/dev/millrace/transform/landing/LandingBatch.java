package dev.millrace.transform.landing;

import dev.millrace.contracts.project.source.SchemaContract;
import dev.millrace.contracts.project.source.Source;
import dev.millrace.transform.landing.load.LoadArrivals;
import dev.millrace.transform.landing.row.Operation;
import dev.millrace.transform.landing.row.Row;
import dev.millrace.transform.landing.row.RowBatch;
import dev.millrace.transform.schema.Proposals;
import dev.millrace.transform.schema.RecordPosition;
import dev.millrace.transform.schema.TableKind;
import dev.millrace.transform.schema.TableLayout;
import dev.millrace.transform.schema.WantedChange;

import org.apache.kafka.clients.consumer.ConsumerRecord;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/** The records of one poll: the rows that they became, and those that became none. */
final class LandingBatch {

    private final String revision;
    private final List<ConsumerRecord<byte[], byte[]>> records;
    private final Map<RowBatch, Part> parts = new LinkedHashMap<>();
    private final List<Rejection> rejections = new ArrayList<>();
    private final List<Integer> refused = new ArrayList<>();
    private final BitSet excluded = new BitSet();
    private final LoadArrivals loads = new LoadArrivals();
    private final Map<Integer, Map<WantedChange.Key, Placement.Refused>> awaiting =
            new LinkedHashMap<>();
    private long tombstones;
    private long discardedRows;
    private long discardedValues;

    LandingBatch(String revision, List<ConsumerRecord<byte[], byte[]>> records) {
        this.revision = revision;
        this.records = records;
    }

    /**
     * The rows for one table, and how strictly its schema is held.
     *
     * @param layout what else the project says of the table
     */
    record Part(String source, SchemaContract contract, TableLayout layout, RowBatch rows) {}

    String revision() {
        return revision;
    }

    List<ConsumerRecord<byte[], byte[]>> records() {
        return records;
    }

    RecordPosition position(int record) {
        ConsumerRecord<byte[], byte[]> found = records.get(record);
        return new RecordPosition(found.topic(), found.partition(), found.offset());
    }

    Collection<Part> parts() {
        return parts.values();
    }

    void add(Source source, RowBatch rows) {
        parts.putIfAbsent(
                rows, new Part(source.name(), source.schemaContract(), layout(source, rows), rows));
    }

    private static TableLayout layout(Source source, RowBatch rows) {
        TableLayout layout =
                source.stream(rows.relation().name())
                        .map(TableLayout::of)
                        .orElse(TableLayout.PLAIN);
        return rows.kind() == TableKind.APPENDED ? layout : layout.whole();
    }

    /** The first record that truncates a table. */
    OptionalInt truncate() {
        return parts.keySet().stream()
                .filter(rows -> rows.kind().isChanged())
                .flatMap(rows -> rows.rows().stream())
                .filter(row -> row.change().operation() == Operation.TRUNCATE)
                .mapToInt(Row::record)
                .min();
    }

    /** Records that go to quarantine instead. */
    List<Rejection> rejections() {
        return rejections;
    }

    /** A record with something wrong about it lands nowhere, not even in its other tables. */
    void reject(Rejection rejection) {
        if (!excluded.get(rejection.record())) {
            excluded.set(rejection.record());
            rejections.add(rejection);
        }
    }

    /** Notes that a record needs something that somebody has to decide on. */
    void await(int record, Placement.Refused refused) {
        awaiting.computeIfAbsent(record, _ -> new LinkedHashMap<>())
                .putIfAbsent(Objects.requireNonNull(refused.wanted()).key(), refused);
    }

    /** Sends the records that need a decision to quarantine, unless they cannot land anyway. */
    void rejectAwaiting() {
        awaiting.forEach((record, needs) -> reject(Rejection.awaiting(record, needs.values())));
        awaiting.clear();
    }

    /** What somebody has to decide on, and how many records need it. */
    Collection<Proposals.Need> wanted() {
        Map<WantedChange.Key, Proposals.Need> wanted = new HashMap<>();
        for (Rejection rejection : rejections) {
            for (WantedChange change : rejection.needs()) {
                wanted.compute(
                        change.key(),
                        (_, need) ->
                                new Proposals.Need(change, need == null ? 1 : need.records() + 1));
            }
        }
        return wanted.values();
    }

    /** Tells the records by which proposals they wait. */
    void number(Map<WantedChange.Key, Long> proposals) {
        rejections.replaceAll(rejection -> rejection.numbered(proposals));
    }

    /** What it brings of loads. */
    LoadArrivals loads() {
        return loads;
    }

    /** Leaves a record out, as its source's contract wants it. */
    void discard(int record) {
        if (!excluded.get(record)) {
            excluded.set(record);
            discardedRows++;
        }
    }

    boolean excludesNone() {
        return excluded.isEmpty();
    }

    boolean isExcluded(int record) {
        return excluded.get(record);
    }

    /** Records that a door had refused already. */
    List<Integer> refused() {
        return refused;
    }

    void addRefused(int record) {
        refused.add(record);
    }

    void addTombstone() {
        tombstones++;
    }

    long tombstones() {
        return tombstones;
    }

    /** Counts a value that its source's contract leaves out. */
    void discardValue() {
        discardedValues++;
    }

    long discardedValues() {
        return discardedValues;
    }

    long discardedRows() {
        return discardedRows;
    }
}
