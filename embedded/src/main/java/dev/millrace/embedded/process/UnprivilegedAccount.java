package dev.millrace.embedded.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The account "nobody", for a program that refuses to run as root.
 *
 * @param capability what it keeps of root's rights, as it must pass directories that only root may
 *     enter (such as {@code /root}); empty when it must not
 */
public record UnprivilegedAccount(Optional<Capability> capability) {

    /** The numeric id of "nobody" on Linux; it needs no entry in /etc/passwd. */
    private static final int ID = 65534;

    /** A right that lets "nobody" through directories that are closed to it. */
    public enum Capability {
        /** The bit of the mask in /proc/self/status is the constant's number in the kernel. */
        DAC_READ_SEARCH(2),
        /** Says more than needed, but is the one that containers have by default. */
        DAC_OVERRIDE(1);

        private final int bit;

        Capability(int bit) {
            this.bit = bit;
        }

        boolean in(long mask) {
            return (mask & (1L << bit)) != 0;
        }
    }

    /** The account to use when this JVM runs as root; empty when it does not. */
    public static Optional<UnprivilegedAccount> whenRoot(Path... mustReach) throws IOException {
        if (!isRoot()) {
            return Optional.empty();
        }
        for (Path path : mustReach) {
            if (!isOpenToAll(path.toAbsolutePath())) {
                return Optional.of(new UnprivilegedAccount(Optional.of(available(path))));
            }
        }
        return Optional.of(new UnprivilegedAccount(Optional.empty()));
    }

    /** Gives a file or an empty directory to the account. */
    public void own(Path path) throws IOException {
        Files.setAttribute(path, "unix:uid", ID);
        Files.setAttribute(path, "unix:gid", ID);
    }

    List<String> setprivArguments() {
        List<String> arguments =
                new ArrayList<>(List.of("--reuid=" + ID, "--regid=" + ID, "--clear-groups"));
        capability.ifPresent(
                c -> {
                    String added = "+" + c.name().toLowerCase(Locale.ROOT);
                    arguments.add("--inh-caps=" + added);
                    arguments.add("--ambient-caps=" + added);
                    // Or else access(2), which asks for the real user, would deny what open allows.
                    arguments.add("--securebits=+no_setuid_fixup");
                });
        return arguments;
    }

    private static boolean isRoot() throws IOException {
        Path self = Path.of("/proc/self");
        return Files.exists(self)
                && Files.getAttribute(self, "unix:uid") instanceof Integer uid
                && uid == 0;
    }

    private static boolean isOpenToAll(Path path) throws IOException {
        for (Path at = path; at != null; at = at.getParent()) {
            if (Files.isDirectory(at)
                    && !Files.getPosixFilePermissions(at)
                            .contains(PosixFilePermission.OTHERS_EXECUTE)
                    && !ownedByAccount(at)) {
                return false;
            }
        }
        return true;
    }

    private static boolean ownedByAccount(Path path) throws IOException {
        return Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS) instanceof Integer id
                && id == ID
                && Files.getPosixFilePermissions(path)
                        .containsAll(Set.of(PosixFilePermission.OWNER_EXECUTE));
    }

    private static Capability available(Path path) throws IOException {
        long mask = 0;
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("CapEff:")) {
                mask = Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16);
            }
        }
        for (Capability capability : Capability.values()) {
            if (capability.in(mask)) {
                return capability;
            }
        }
        throw new IOException(
                path
                        + " lies in a directory that only root may enter, but PostgreSQL must not"
                        + " run as root. Use another directory, or run as an ordinary user.");
    }
}
