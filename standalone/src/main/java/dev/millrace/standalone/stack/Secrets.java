package dev.millrace.standalone.stack;

import dev.millrace.contracts.warehouse.Role;
import dev.millrace.embedded.process.PrivateFiles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;

/**
 * What only this stack knows, drawn at its first start and kept in files that only its owner reads.
 */
record Secrets(
        Map<Role, String> passwords,
        String operatorsJwt,
        String servingApi,
        String tenants,
        String piiKey) {

    private static final int BYTES = 36;

    Secrets {
        passwords = Map.copyOf(passwords);
    }

    String password(Role role) {
        String password = passwords.get(role);
        if (password == null) {
            throw new IllegalStateException("no password was drawn for " + role.roleName());
        }
        return password;
    }

    static Secrets loadOrCreate(Path directory) throws IOException {
        Map<Role, String> passwords = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            passwords.put(role, loadOrCreate(directory, role.roleName() + ".password"));
        }
        return new Secrets(
                passwords,
                loadOrCreate(directory, "operators-jwt.secret"),
                loadOrCreate(directory, "serving-api.secret"),
                loadOrCreate(directory, "serving-tenants.secret"),
                loadOrCreate(directory, "pii.key"));
    }

    private static String loadOrCreate(Path directory, String name) throws IOException {
        Path file = directory.resolve(name);
        if (!Files.exists(file)) {
            byte[] bytes = new byte[BYTES];
            new SecureRandom().nextBytes(bytes);
            Path unfinished = directory.resolve(name + ".unfinished");
            PrivateFiles.write(
                    unfinished, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return Files.readString(file).strip();
    }

    /** Leaves the secrets out. */
    @Override
    public String toString() {
        return "Secrets";
    }
}
