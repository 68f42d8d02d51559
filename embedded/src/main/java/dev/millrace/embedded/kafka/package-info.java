/** A real Kafka broker (KRaft, one node), in this JVM or in one of its own. */
@NullMarked
package dev.millrace.embedded.kafka;

import org.jspecify.annotations.NullMarked;
