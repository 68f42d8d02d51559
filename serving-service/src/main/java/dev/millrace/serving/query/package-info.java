/** The metrics doors: takes queries in Cube's form, runs them, and answers as Cube does. */
@NullMarked
package dev.millrace.serving.query;

import org.jspecify.annotations.NullMarked;
