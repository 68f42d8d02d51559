package dev.millrace.transform.model.profile;

import dev.millrace.transform.model.context.Target;

import java.nio.file.Path;

/**
 * An output of a profile.
 *
 * @param target what templates may know of it
 * @param access how its database is reached
 * @param file the file that it stands in
 */
public record Profile(Target target, WarehouseAccess access, Path file) {}
