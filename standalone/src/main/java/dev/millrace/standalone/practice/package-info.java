/** What a JVM is to have done once, so that later ones start fast. */
@NullMarked
package dev.millrace.standalone.practice;

import org.jspecify.annotations.NullMarked;
