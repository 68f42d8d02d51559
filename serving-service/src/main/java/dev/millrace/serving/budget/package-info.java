/** What callers and tenants may use, and what they have used. */
@NullMarked
package dev.millrace.serving.budget;

import org.jspecify.annotations.NullMarked;
