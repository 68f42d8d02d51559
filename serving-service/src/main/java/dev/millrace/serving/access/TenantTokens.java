package dev.millrace.serving.access;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tells the warehouse whose rows a transaction may see, so that it need not take a statement's word
 * for it: {@code hmac.expiry.payload}, where the payload is a list of tenants in JSON, or {@code *}
 * for all. The warehouse compares the expiry with the beginning of the transaction, so that what is
 * found in a log later is of no use.
 */
@Component
public final class TenantTokens {

    /** Only as long as the clocks of service and warehouse may differ. */
    static final Duration VALIDITY = Duration.ofMinutes(5);

    private static final Logger log = LoggerFactory.getLogger(TenantTokens.class);
    private static final String ALGORITHM = "HmacSHA256";
    private static final String NO_TOKEN = "";

    private final TenantSettings settings;
    private final Clock clock;
    private final @Nullable SecretKeySpec key;

    TenantTokens(TenantSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        String secret = settings.tenantSecret();
        this.key =
                secret == null
                        ? null
                        : new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
        if (key == null) {
            log.warn(
                    "millrace.serving.tenant-secret is not set: tables with a tenant column show no"
                            + " row to anybody");
        }
    }

    /** Whose rows a caller may see. */
    public Tenants of(Caller caller) {
        boolean all =
                caller.operator()
                        ? settings.operatorsSeeAllTenants()
                        : !Collections.disjoint(caller.groups(), settings.allTenantsGroups());
        return all
                ? new Tenants.All()
                : named(caller.securityContext().get(settings.tenantClaim()));
    }

    private static Tenants named(@Nullable Object claim) {
        Collection<?> items =
                switch (claim) {
                    case null -> List.of();
                    case Collection<?> several -> several;
                    default -> List.of(claim);
                };
        // What is no name is not left out: the rest would be another list than the one signed.
        return items.stream().allMatch(TenantTokens::isName)
                ? new Tenants.Named(Set.copyOf(items.stream().map(String::valueOf).toList()))
                : Tenants.NONE;
    }

    private static boolean isName(@Nullable Object item) {
        return item instanceof Number
                || (item instanceof String text
                        && !text.isEmpty()
                        && text.indexOf('\0') < 0
                        && StandardCharsets.UTF_8.newEncoder().canEncode(text));
    }

    /** The tenants of a caller; none for those who see everybody's rows or nobody's. */
    public List<String> namesOf(Caller caller) {
        return of(caller) instanceof Tenants.Named(Set<String> names)
                ? names.stream().sorted().toList()
                : List.of();
    }

    /** A token for a transaction that begins now; none, which is an empty text, for no tenant. */
    public String sign(Tenants tenants) {
        if (key == null) {
            return NO_TOKEN;
        }
        return switch (tenants) {
            case Tenants.All() -> sign(key, "*");
            case Tenants.Named(Set<String> names) ->
                    names.isEmpty()
                            ? NO_TOKEN
                            : sign(
                                    key,
                                    JsonMapper.shared().writeValueAsString(new TreeSet<>(names)));
        };
    }

    private String sign(SecretKeySpec secret, String payload) {
        String message = clock.instant().plus(VALIDITY).getEpochSecond() + "." + payload;
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            byte[] signature = mac.doFinal(message.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(signature) + "." + message;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has HmacSHA256", e);
        }
    }
}
