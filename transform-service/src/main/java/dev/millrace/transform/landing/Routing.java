package dev.millrace.transform.landing;

import dev.millrace.transform.landing.contract.StreamRules;
import dev.millrace.transform.schema.Relation;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import java.util.function.ToIntFunction;

/** What each record of a batch is. */
interface Routing {

    /** The revision of the project that says so. */
    String revision();

    /** What a record is; nothing if nobody reads its topic. */
    @Nullable Route route(ConsumerRecord<byte[], byte[]> record);

    /** What the rows of a stream are held to; null if it has no contract. */
    @Nullable StreamRules rules(Relation stream);

    /** How many topics of a record's topic's name there were up to this one. */
    int generation(ConsumerRecord<byte[], byte[]> record);

    /** By the topic alone. */
    static Routing of(Routes routes, ToIntFunction<ConsumerRecord<?, ?>> generation) {
        return new Routing() {

            // Records of one topic mostly follow each other, and share its name.
            private @Nullable String lastTopic;
            private @Nullable Route lastRoute;

            @Override
            public String revision() {
                return routes.revision();
            }

            @Override
            public @Nullable Route route(ConsumerRecord<byte[], byte[]> record) {
                if (!record.topic().equals(lastTopic)) {
                    lastTopic = record.topic();
                    lastRoute = routes.route(lastTopic);
                }
                return lastRoute;
            }

            @Override
            public @Nullable StreamRules rules(Relation stream) {
                return routes.rules(stream);
            }

            @Override
            public int generation(ConsumerRecord<byte[], byte[]> record) {
                return generation.applyAsInt(record);
            }
        };
    }
}
