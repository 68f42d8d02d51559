@NullMarked
package dev.millrace.transform.landing.identity;

import org.jspecify.annotations.NullMarked;
