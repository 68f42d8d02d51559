/** What every service offers its operators, wired into it by one configuration. */
@NullMarked
package dev.millrace.operations;

import org.jspecify.annotations.NullMarked;
