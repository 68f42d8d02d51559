/** A service with nothing but operators' doors, as tests start it. */
@NullMarked
package dev.millrace.example;

import org.jspecify.annotations.NullMarked;
