/**
 * Watches metrics and tells people: evaluates the project's alerts once across all replicas, keeps
 * their state and history, and delivers notifications until they arrive.
 */
@NullMarked
package dev.millrace.serving.alert;

import org.jspecify.annotations.NullMarked;
