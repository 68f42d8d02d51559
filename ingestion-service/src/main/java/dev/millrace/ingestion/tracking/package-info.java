/**
 * The Segment HTTP Tracking API: its calls, keys, limits and answers, and what becomes of events.
 */
@NullMarked
package dev.millrace.ingestion.tracking;

import org.jspecify.annotations.NullMarked;
