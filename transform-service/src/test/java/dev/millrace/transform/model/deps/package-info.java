/** Tests of installing packages. */
@NullMarked
package dev.millrace.transform.model.deps;

import org.jspecify.annotations.NullMarked;
