/** What is inside an event: JSON with every digit kept, and what becomes of personal data. */
@NullMarked
package dev.millrace.ingestion.payload;

import org.jspecify.annotations.NullMarked;
