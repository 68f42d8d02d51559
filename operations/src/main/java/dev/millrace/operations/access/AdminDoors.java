package dev.millrace.operations.access;

import java.util.List;

/**
 * Operators' doors that a service has for admins alone; whoever looks through one is audited, too.
 * A service offers them as a bean.
 *
 * @param paths patterns such as {@code /operator/keys/**}
 */
public record AdminDoors(List<String> paths) {

    public AdminDoors {
        paths = List.copyOf(paths);
    }
}
