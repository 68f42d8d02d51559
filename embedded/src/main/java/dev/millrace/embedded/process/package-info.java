/** Child processes that do not outlive the JVM that started them, and locks on data directories. */
@NullMarked
package dev.millrace.embedded.process;

import org.jspecify.annotations.NullMarked;
