/** PostgreSQL, Kafka and the three services as processes of one machine, kept running. */
@NullMarked
package dev.millrace.standalone.stack;

import org.jspecify.annotations.NullMarked;
