/** Plays the example shop into a running stack, and asks it what a shop wants to know. */
@NullMarked
package dev.millrace.standalone.demo;

import org.jspecify.annotations.NullMarked;
