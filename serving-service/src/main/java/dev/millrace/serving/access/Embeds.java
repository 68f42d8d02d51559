package dev.millrace.serving.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import dev.millrace.contracts.Sha256;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Addresses that answer one question for a while, for whoever has them: {@code
 * id.expiry.hash.signature}, where the hash is of the question and of whose eyes it is asked with.
 */
@Component
public class Embeds {

    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
    private static final Pattern FORM =
            Pattern.compile(
                    "(([A-Za-z0-9_-]{22})\\.([0-9]{1,12})\\.([A-Za-z0-9_-]{43}))\\.([A-Za-z0-9_-]{43})");
    private static final String ALGORITHM = "HmacSHA256";
    private static final long REMEMBERED_CHARACTERS = 16L << 20;

    private final EmbedTable table;
    private final CallerKeys keys;
    private final TenantTokens tenants;
    private final TenantSettings settings;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Cache<String, EmbedTable.Row> known =
            Caffeine.newBuilder()
                    .maximumWeight(REMEMBERED_CHARACTERS)
                    .weigher(
                            (String id, EmbedTable.Row row) ->
                                    200 + row.query().length() + row.context().length())
                    .expireAfterWrite(Duration.ofMinutes(5))
                    .executor(Runnable::run)
                    .build();
    private volatile @Nullable SecretKeySpec secret;

    /** An address that was made. */
    public record Made(String token, Instant expiresAt) {}

    /** What an address stands for. */
    public record Embedded(Caller caller, String query) {}

    Embeds(
            EmbedTable table,
            CallerKeys keys,
            TenantTokens tenants,
            TenantSettings settings,
            Clock clock) {
        this.table = table;
        this.keys = keys;
        this.tenants = tenants;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * The one whose eyes an address of this caller is seen with.
     *
     * @param wanted claims in place of the caller's own
     * @throws EmbedRefusedException if that would be more than the caller may give
     */
    public Caller viewer(Caller maker, Map<String, ?> wanted) {
        if (maker.operator()) {
            throw new EmbedRefusedException(
                    "operators have no context that a page could be given; use a key or a token of"
                            + " the metrics doors");
        }
        Map<String, Object> grants =
                maker.keyId().flatMap(keys::inForce).map(CallerKey::grants).orElse(Map.of());
        Map<String, Object> context = new Narrowing(maker, grants).to(wanted);
        Caller viewer = new Caller(maker.name(), context, maker.credential(), Set.of(Scope.LOAD));
        if (wanted.containsKey(settings.tenantClaim())
                && tenants.of(viewer) instanceof Tenants.All) {
            throw new EmbedRefusedException(
                    "the groups see all tenants' rows, whichever are named; narrow 'groups' as"
                            + " well");
        }
        return viewer;
    }

    /** Makes an address, which ends with what its maker presented, if that is earlier. */
    public Made make(Caller viewer, Caller maker, String query, Duration length) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant wanted = now.plus(length);
        Instant end = maker.expires().filter(wanted::isAfter).orElse(wanted);
        byte[] id = new byte[16];
        random.nextBytes(id);
        EmbedTable.Row row =
                new EmbedTable.Row(
                        base64(id),
                        maker.credential().kind(),
                        maker.name(),
                        maker.keyId().orElse(null),
                        JsonMapper.shared().writeValueAsString(viewer.securityContext()),
                        query,
                        now,
                        end.truncatedTo(ChronoUnit.SECONDS));
        table.insert(row);
        String message = row.id() + "." + row.expiresAt().getEpochSecond() + "." + hash(row);
        return new Made(message + "." + sign(message), row.expiresAt());
    }

    /** What an address stands for; nothing if it has ended, or is none that was made here. */
    Optional<Embedded> open(String token) {
        Matcher parts = FORM.matcher(token);
        if (!parts.matches() || !isEqual(sign(parts.group(1)), parts.group(5))) {
            return Optional.empty();
        }
        Instant end = Instant.ofEpochSecond(Long.parseLong(parts.group(3)));
        if (!clock.instant().isBefore(end)) {
            return Optional.empty();
        }
        EmbedTable.Row row = known.get(parts.group(2), id -> table.find(id).orElse(null));
        if (row == null || !isEqual(hash(row), parts.group(4))) {
            return Optional.empty();
        }
        Optional<CallerKey> key = Optional.empty();
        if (row.keyId() != null) {
            key = keys.inForce(row.keyId());
            if (key.isEmpty()) {
                return Optional.empty();
            }
        }
        Caller.Credential credential =
                new Caller.Address(
                        row.kind(),
                        row.keyId(),
                        end,
                        key.map(CallerKey::limits).orElse(Limits.NONE));
        return Optional.of(
                new Embedded(
                        new Caller(
                                row.name(),
                                JsonMapper.shared().readValue(row.context(), OBJECT),
                                credential,
                                Set.of(Scope.LOAD)),
                        row.query()));
    }

    private static boolean isEqual(String a, String b) {
        return MessageDigest.isEqual(
                a.getBytes(StandardCharsets.US_ASCII), b.getBytes(StandardCharsets.US_ASCII));
    }

    private static String hash(EmbedTable.Row row) {
        return base64(
                Sha256.of(
                        (row.kind()
                                        + '\0'
                                        + row.name()
                                        + '\0'
                                        + row.keyId()
                                        + '\0'
                                        + row.context()
                                        + '\0'
                                        + row.query())
                                .getBytes(StandardCharsets.UTF_8)));
    }

    private String sign(String message) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret());
            return base64(mac.doFinal(message.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has HmacSHA256", e);
        }
    }

    private SecretKeySpec secret() {
        SecretKeySpec known = secret;
        if (known == null) {
            byte[] candidate = new byte[32];
            random.nextBytes(candidate);
            known = new SecretKeySpec(table.secret(candidate), ALGORITHM);
            secret = known;
        }
        return known;
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
