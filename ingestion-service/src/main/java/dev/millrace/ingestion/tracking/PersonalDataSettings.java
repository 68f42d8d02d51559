package dev.millrace.ingestion.tracking;

import dev.millrace.ingestion.payload.KeyedHash;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How personal data is hashed.
 *
 * @param key the key of the hash; the same in all replicas and for as long as hashes are compared
 */
@ConfigurationProperties("millrace.pii")
record PersonalDataSettings(@Nullable String key) {

    PersonalDataSettings {
        key = key == null || key.isBlank() ? null : key;
        if (key != null && key.length() < MIN_LENGTH) {
            throw new IllegalArgumentException(
                    "millrace.pii.key is shorter than "
                            + MIN_LENGTH
                            + " characters, which can be guessed; 'openssl rand -hex 32' makes a"
                            + " good one");
        }
    }

    private static final int MIN_LENGTH = 16;

    @Nullable KeyedHash hash() {
        return key == null ? null : new KeyedHash(key);
    }

    @Override
    public String toString() {
        return "PersonalDataSettings[" + (key == null ? "no key" : "a key") + "]";
    }
}
