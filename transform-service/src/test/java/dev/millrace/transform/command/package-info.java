@NullMarked
package dev.millrace.transform.command;

import org.jspecify.annotations.NullMarked;
