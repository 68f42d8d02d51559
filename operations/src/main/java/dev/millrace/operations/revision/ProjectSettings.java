package dev.millrace.operations.revision;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the project is.
 *
 * @param dir the project's directory; needed
 * @param pollInterval how often the directory is read to see whether it changed
 * @param settle how long a changed directory must stay the same before it is believed
 */
@ConfigurationProperties("millrace.project")
record ProjectSettings(
        @Nullable Path dir,
        @DefaultValue("1s") Duration pollInterval,
        @DefaultValue("200ms") Duration settle) {}
