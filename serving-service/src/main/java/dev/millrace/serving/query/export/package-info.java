/** Writes rows as they come in the forms that files have: CSV, Arrow and Parquet. */
@NullMarked
package dev.millrace.serving.query.export;

import org.jspecify.annotations.NullMarked;
