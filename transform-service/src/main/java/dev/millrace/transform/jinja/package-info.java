/**
 * A template language with Jinja's syntax and Python's semantics, for text that comes from users:
 * it reaches nothing that it was not given, and always ends.
 */
@NullMarked
package dev.millrace.transform.jinja;

import org.jspecify.annotations.NullMarked;
