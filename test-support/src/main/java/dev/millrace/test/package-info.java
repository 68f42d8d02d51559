/** What the tests of all modules share: real servers, a clock that is set, architecture rules. */
@NullMarked
package dev.millrace.test;

import org.jspecify.annotations.NullMarked;
