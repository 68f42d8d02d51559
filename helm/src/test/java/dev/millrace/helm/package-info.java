/** Holds what is deployed, the chart, the Compose file and the images, to what the services are. */
@NullMarked
package dev.millrace.helm;

import org.jspecify.annotations.NullMarked;
