/** Brings records from Kafka into tables, each exactly once. */
@NullMarked
package dev.millrace.transform.landing;

import org.jspecify.annotations.NullMarked;
