/** Opens the doors that data comes in through: the service as it starts. */
@NullMarked
package dev.millrace.ingestion;

import org.jspecify.annotations.NullMarked;
