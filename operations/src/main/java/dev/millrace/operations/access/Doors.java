package dev.millrace.operations.access;

/**
 * The order of the security chains. A service adds a chain for its own public doors with {@link
 * #SERVICE} and a matcher that names their paths; what no chain names is refused.
 */
public final class Doors {

    /** The chain of the operators' doors, which belong to no service. */
    public static final int OPERATORS = 100;

    /** The chains of a service's own doors. */
    public static final int SERVICE = 200;

    /** The chain that refuses what is left. */
    public static final int NOTHING = 300;

    private Doors() {}
}
