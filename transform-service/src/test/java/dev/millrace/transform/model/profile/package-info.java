/** Tests of reading profiles. */
@NullMarked
package dev.millrace.transform.model.profile;

import org.jspecify.annotations.NullMarked;
