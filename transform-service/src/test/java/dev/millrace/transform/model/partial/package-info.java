@NullMarked
package dev.millrace.transform.model.partial;

import org.jspecify.annotations.NullMarked;
