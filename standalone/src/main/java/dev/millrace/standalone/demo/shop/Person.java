package dev.millrace.standalone.demo.shop;

import org.jspecify.annotations.Nullable;

/**
 * Somebody as the shop knows them.
 *
 * @param userId known from the sign-up on
 * @param anonymousId the browser
 * @param address network address of that browser
 */
record Person(@Nullable String userId, @Nullable String anonymousId, String address) {

    /** What the messages of this person are kept in order by. */
    String key() {
        if (userId != null) {
            return userId;
        }
        return anonymousId == null ? "" : anonymousId;
    }
}
