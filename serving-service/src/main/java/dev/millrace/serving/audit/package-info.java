/** Who saw which data, written down. */
@NullMarked
package dev.millrace.serving.audit;

import org.jspecify.annotations.NullMarked;
