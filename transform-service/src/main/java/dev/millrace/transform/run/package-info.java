/**
 * Runs the models of the project: by request, for a new revision, and when what they read changed.
 */
@NullMarked
package dev.millrace.transform.run;

import org.jspecify.annotations.NullMarked;
