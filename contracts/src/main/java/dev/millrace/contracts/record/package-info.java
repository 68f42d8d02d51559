/** The headers of a record on Kafka: the CloudEvents Kafka binding in binary mode, and our own. */
@NullMarked
package dev.millrace.contracts.record;

import org.jspecify.annotations.NullMarked;
