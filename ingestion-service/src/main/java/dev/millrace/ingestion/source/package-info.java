/** What the doors share: bounded reading, the way to Kafka as a door sees it, and their counts. */
@NullMarked
package dev.millrace.ingestion.source;

import org.jspecify.annotations.NullMarked;
