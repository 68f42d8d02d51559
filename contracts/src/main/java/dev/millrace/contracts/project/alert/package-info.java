/** What is watched, when it is worth telling, and whom: the files in {@code alerts/}. */
@NullMarked
package dev.millrace.contracts.project.alert;

import org.jspecify.annotations.NullMarked;
