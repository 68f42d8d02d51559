/** Child processes that do not outlive the JVM that started them, their ports and directories. */
@NullMarked
package dev.millrace.embedded.process;

import org.jspecify.annotations.NullMarked;
