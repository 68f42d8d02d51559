package dev.millrace.transform.landing;

import dev.millrace.transform.landing.contract.StreamRules;
import dev.millrace.transform.schema.Relation;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import java.util.IdentityHashMap;

/** What records of the quarantine are, each on its own: one topic may have had several lives. */
final class ReplayRouting implements Routing {

    private final Routes routes;
    private final IdentityHashMap<ConsumerRecord<byte[], byte[]>, Entry> entries =
            new IdentityHashMap<>();

    ReplayRouting(Routes routes) {
        this.routes = routes;
    }

    private record Entry(@Nullable Route route, int generation) {}

    void add(ConsumerRecord<byte[], byte[]> record, @Nullable Route route, int generation) {
        entries.put(record, new Entry(route, generation));
    }

    @Override
    public String revision() {
        return routes.revision();
    }

    @Override
    public @Nullable Route route(ConsumerRecord<byte[], byte[]> record) {
        return entry(record).route();
    }

    @Override
    public @Nullable StreamRules rules(Relation stream) {
        return routes.rules(stream);
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
