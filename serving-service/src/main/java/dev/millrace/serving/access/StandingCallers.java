package dev.millrace.serving.access;

import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

import java.time.Clock;

/** Tells of callers who were let in whether they still would be. */
@Component
public class StandingCallers {

    private final CallerKeys keys;
    private final Clock clock;

    StandingCallers(CallerKeys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /** Whether somebody may take away what the caller presented, so that it is worth a look. */
    public static boolean mayEndAnyTime(Caller caller) {
        return caller.credential() instanceof Caller.Key;
    }

    /**
     * Whether what the caller presented has not ended since. While keys cannot be looked up, they
     * are taken not to be good.
     */
    public boolean isGood(Caller caller) {
        if (caller.expires().filter(end -> !clock.instant().isBefore(end)).isPresent()) {
            return false;
        }
        if (caller.credential() instanceof Caller.Key key) {
            try {
                return keys.inForce(key.id()).isPresent();
            } catch (DataAccessException e) {
                return false;
            }
        }
        return true;
    }
}
