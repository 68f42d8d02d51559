/** Reads {@code profiles.yml}: which warehouse a project is built in, and how it is reached. */
@NullMarked
package dev.millrace.transform.model.profile;

import org.jspecify.annotations.NullMarked;
