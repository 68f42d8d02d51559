package dev.millrace.transform.landing;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import java.util.IdentityHashMap;

/** What records of the quarantine are, each on its own: one topic may have had several lives. */
final class ReplayRouting implements Routing {

    private final String revision;
    private final IdentityHashMap<ConsumerRecord<byte[], byte[]>, Entry> entries =
            new IdentityHashMap<>();

    ReplayRouting(String revision) {
        this.revision = revision;
    }

    private record Entry(@Nullable Route route, int generation) {}

    void add(ConsumerRecord<byte[], byte[]> record, @Nullable Route route, int generation) {
        entries.put(record, new Entry(route, generation));
    }

    @Override
    public String revision() {
        return revision;
    }

    @Override
    public @Nullable Route route(ConsumerRecord<byte[], byte[]> record) {
        return entry(record).route();
    }

    @Override
    public int generation(ConsumerRecord<byte[], byte[]> record) {
        return entry(record).generation();
    }

    private Entry entry(ConsumerRecord<byte[], byte[]> record) {
        Entry entry = entries.get(record);
        if (entry == null) {
            throw new IllegalStateException("a record that was never routed");
        }
        return entry;
    }
}
