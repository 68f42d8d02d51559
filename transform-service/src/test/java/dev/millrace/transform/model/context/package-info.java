/** Tests of what templates are given. */
@NullMarked
package dev.millrace.transform.model.context;

import org.jspecify.annotations.NullMarked;
