/** Installs the packages that a dbt project lists in {@code packages.yml}. */
@NullMarked
package dev.millrace.transform.model.deps;

import org.jspecify.annotations.NullMarked;
