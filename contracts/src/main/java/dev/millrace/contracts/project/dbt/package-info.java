/** The parts of a dbt project that are YAML: settings, profiles, and what is said of models. */
@NullMarked
package dev.millrace.contracts.project.dbt;

import org.jspecify.annotations.NullMarked;
