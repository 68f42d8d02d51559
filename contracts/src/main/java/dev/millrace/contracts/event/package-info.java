/** What one service tells another: messages on the topics of the catalogue. */
@NullMarked
package dev.millrace.contracts.event;

import org.jspecify.annotations.NullMarked;
