/** The way to Kafka: one producer, the topics that the doors need, and whether both are there. */
@NullMarked
package dev.millrace.ingestion.publish;

import org.jspecify.annotations.NullMarked;
