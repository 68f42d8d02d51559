/** The history of a shop that never was: the same seed tells the same story, byte for byte. */
@NullMarked
package dev.millrace.standalone.demo.shop;

import org.jspecify.annotations.NullMarked;
