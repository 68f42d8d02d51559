/** Runs a service once while its image is built, so that the JVM can cache what starting takes. */
@NullMarked
package dev.millrace.helm.training;

import org.jspecify.annotations.NullMarked;
