/** Carries out single nodes of a project: models, seeds, snapshots, tests and hooks. */
@NullMarked
package dev.millrace.transform.run.node;

import org.jspecify.annotations.NullMarked;
