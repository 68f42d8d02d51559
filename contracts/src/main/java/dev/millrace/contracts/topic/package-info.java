/**
 * The catalogue of topics: each topic's name, key, partitions, retention and owner stand here,
 * once.
 */
@NullMarked
package dev.millrace.contracts.topic;

import org.jspecify.annotations.NullMarked;
