package dev.millrace.transform.model.context;

import dev.millrace.contracts.project.Environment;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * What templates looked at that is not in the project: environment variables, the options of the
 * command, the time. What was learned from a template is good for as long as these are the same.
 */
public final class OutsideReads {

    private final Set<String> variables = Collections.synchronizedSet(new TreeSet<>());
    private volatile boolean options;
    private volatile boolean time;

    /** The same environment, whose variables are noted when they are read. */
    public Environment noting(Environment environment) {
        return name -> {
            variables.add(name);
            return environment.value(name);
        };
    }

    /** The same for templates. */
    public ReadableEnvironment noting(ReadableEnvironment environment) {
        return new ReadableEnvironment(noting(environment.environment()), environment.allowed());
    }

    /** The same clock; that it is read is noted. */
    public Clock noting(Clock clock) {
        return new NotingClock(clock);
    }

    /** Names of the environment variables, also of those that are not set. */
    public Set<String> variables() {
        synchronized (variables) {
            return Set.copyOf(variables);
        }
    }

    /** Whether the options of the command were looked at. */
    public boolean options() {
        return options;
    }

    /** Whether the time was looked at, or what else is different in every invocation. */
    public boolean time() {
        return time;
    }

    void lookAtOptions() {
        options = true;
    }

    void lookAtTime() {
        time = true;
    }

    private final class NotingClock extends Clock {

        private final Clock clock;

        NotingClock(Clock clock) {
            this.clock = clock;
        }

        @Override
        public ZoneId getZone() {
            return clock.getZone();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return new NotingClock(clock.withZone(zone));
        }

        @Override
        public Instant instant() {
            lookAtTime();
            return clock.instant();
        }
    }
}
