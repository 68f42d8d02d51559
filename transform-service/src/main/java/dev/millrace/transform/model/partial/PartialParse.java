package dev.millrace.transform.model.partial;

import dev.millrace.contracts.Sha256;
import dev.millrace.contracts.project.Problem;
import dev.millrace.contracts.project.ProjectFiles;
import dev.millrace.contracts.project.ProjectListing;
import dev.millrace.transform.model.context.Macros;
import dev.millrace.transform.model.context.OutsideReads;
import dev.millrace.transform.model.context.Target;
import dev.millrace.transform.model.manifest.DbtPackage;
import dev.millrace.transform.model.manifest.Manifest;
import dev.millrace.transform.model.manifest.ProjectMacro;
import dev.millrace.transform.model.parse.ManifestReader;
import dev.millrace.transform.model.parse.ProjectBasis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * What was read of a project, kept in a file. It is good for as long as the files of the project
 * are the same, and all else that it came from: Millrace itself, the target, variables, and those
 * of the environment that were read. A project whose templates look at the time while they are read
 * is never kept, as it may be another at any time.
 */
public final class PartialParse {

    private static final byte[] MAGIC =
            "millrace partial parse 1\n".getBytes(StandardCharsets.UTF_8);
    private static final int MAX_BYTES = 256 << 20;

    /** A file that was written within this time of its listing may be written again unnoticed. */
    private static final Duration CLOCK_GRAIN = Duration.ofSeconds(2);

    private final Path file;
    private final String program;
    private final Codecs codecs = new Codecs();

    /**
     * A project as it is now.
     *
     * @param listing its files from outside
     * @param listedAt when they were listed, by the clock that stamps files
     * @param files the same files
     * @param basis what else reading it depends on
     */
    public record Present(
            ProjectListing listing, Instant listedAt, ProjectFiles files, ProjectBasis basis) {}

    /**
     * A project as it was read.
     *
     * @param warnings what was odd about it
     */
    public record Taken(ManifestReader.Read read, List<Problem> warnings) {}

    /**
     * What a parse is good for.
     *
     * @param program the Millrace that parsed
     * @param listedAt when the files were listed
     * @param files their stamps
     * @param revision their contents
     * @param basis digest of the target, the variables, and the command if it was looked at
     * @param options whether options of the command were looked at
     * @param environment digests of variables that were read; the empty text for one that is not
     *     set
     */
    record Conditions(
            String program,
            Instant listedAt,
            Map<String, ProjectListing.Stamp> files,
            String revision,
            String basis,
            boolean options,
            Map<String, String> environment) {

        /** The same of files that were touched, and hold what they did. */
        Conditions of(Present present) {
            return new Conditions(
                    program,
                    present.listedAt(),
                    present.listing().stamps(),
                    revision,
                    basis,
                    options,
                    environment);
        }
    }

    record Contents(
            String rootPackage,
            String revision,
            List<DbtPackage> packages,
            List<ProjectMacro> macros,
            Manifest.Parts parts,
            List<Problem> warnings) {}

    private record Basis(Target target, Map<String, Object> vars, String command) {}

    /**
     * @param program names this build of Millrace; others may read a project in another way
     */
    public PartialParse(Path file, String program) {
        this.file = file;
        this.program = program;
    }

    /** What was kept; nothing if anything that it came from has changed. */
    public Optional<Taken> take(Present present) {
        try {
            Optional<byte[]> kept = bytes();
            if (kept.isEmpty()) {
                return Optional.empty();
            }
            ValueReader reader = new ValueReader(kept.get(), MAGIC.length + Integer.BYTES);
            if (!(codecs.of(Conditions.class).read(reader) instanceof Conditions conditions)
                    || !holds(conditions, present.basis())) {
                return Optional.empty();
            }
            boolean touched = !isUntouched(conditions, present.listing());
            if (touched && !present.files().revision().equals(conditions.revision())) {
                return Optional.empty();
            }
            if (!(codecs.of(Contents.class).read(reader) instanceof Contents contents)) {
                return Optional.empty();
            }
            if (touched) {
                write(conditions.of(present), contents);
            }
            return Optional.of(taken(contents, present.basis()));
        } catch (IOException | RuntimeException e) {
            // Whatever is wrong with it: the project is read as if there were none.
            return Optional.empty();
        }
    }

    private Optional<byte[]> bytes() throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
            return Optional.empty();
        }
        byte[] bytes = Files.readAllBytes(file);
        int start = MAGIC.length + Integer.BYTES;
        boolean whole =
                bytes.length > start
                        && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
                        && ByteBuffer.wrap(bytes).getInt(MAGIC.length) == checksum(bytes, start);
        return whole ? Optional.of(bytes) : Optional.empty();
    }

    private static int checksum(byte[] bytes, int from) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, from, bytes.length - from);
        return (int) checksum.getValue();
    }

    private boolean holds(Conditions conditions, ProjectBasis basis) {
        return conditions.program().equals(program)
                && conditions.basis().equals(digest(basis, conditions.options()))
                && conditions
                        .environment()
                        .equals(environment(basis, conditions.environment().keySet()));
    }

    private static boolean isUntouched(Conditions conditions, ProjectListing listing) {
        Instant sure = conditions.listedAt().minus(CLOCK_GRAIN);
        return listing.stamps().equals(conditions.files())
                && listing.stamps().values().stream()
                        .allMatch(stamp -> stamp.modified().isBefore(sure));
    }

    private static Taken taken(Contents contents, ProjectBasis basis) {
        Map<String, DbtPackage> packages = new LinkedHashMap<>();
        contents.packages().forEach(each -> packages.put(each.name(), each));
        DbtPackage root = contents.packages().getFirst();
        Macros macros = new Macros(root, packages.keySet(), contents.macros());
        return new Taken(
                new ManifestReader.Read(
                        new Manifest(contents.rootPackage(), contents.revision(), contents.parts()),
                        basis.workspace(root, packages, macros)),
                contents.warnings());
    }

    /**
     * Keeps what was read, in place of what was kept before. That is for the next command; if it
     * cannot be written, this one loses nothing.
     */
    public void keep(Present present, Taken taken) {
        ProjectBasis basis = present.basis();
        OutsideReads reads = basis.reads();
        if (reads.time()) {
            return;
        }
        Manifest manifest = taken.read().manifest();
        Contents contents =
                new Contents(
                        manifest.rootPackage(),
                        manifest.revision(),
                        List.copyOf(taken.read().workspace().packages().values()),
                        taken.read().workspace().macros().all(),
                        new Manifest.Parts(
                                manifest.nodes(),
                                manifest.sources(),
                                manifest.others(),
                                manifest.unitTests(),
                                manifest.disabled(),
                                manifest.disabledSources(),
                                manifest.disabledOthers()),
                        taken.warnings());
        try {
            Conditions conditions =
                    new Conditions(
                            program,
                            present.listedAt(),
                            present.listing().stamps(),
                            present.files().revision(),
                            digest(basis, reads.options()),
                            reads.options(),
                            environment(basis, reads.variables()));
            write(conditions, contents);
        } catch (UnkeepableException | IOException | UncheckedIOException e) {
            // The next command parses as this one did.
        }
    }

    private void write(Conditions conditions, Contents contents) throws IOException {
        ValueWriter writer = new ValueWriter();
        codecs.of(Conditions.class).write(writer, conditions);
        codecs.of(Contents.class).write(writer, contents);
        byte[] payload = writer.written();
        if (payload.length > MAX_BYTES) {
            return;
        }
        Path directory = file.toAbsolutePath().getParent();
        Files.createDirectories(directory);
        Path written = Files.createTempFile(directory, file.getFileName().toString(), ".new");
        try {
            byte[] bytes =
                    ByteBuffer.allocate(MAGIC.length + Integer.BYTES + payload.length)
                            .put(MAGIC)
                            .putInt(checksum(payload, 0))
                            .put(payload)
                            .array();
            Files.write(written, bytes);
            Files.move(
                    written,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(written);
        }
    }

    private String digest(ProjectBasis basis, boolean options) {
        Target target = basis.target();
        Target ordered =
                new Target(
                        target.name(),
                        target.profile(),
                        target.database(),
                        target.schema(),
                        target.threads(),
                        new TreeMap<>(target.connection()));
        ValueWriter writer = new ValueWriter();
        codecs.of(Basis.class)
                .write(
                        writer,
                        new Basis(
                                ordered,
                                new TreeMap<>(basis.invocation().vars()),
                                options ? basis.invocation().command() : ""));
        return HexFormat.of().formatHex(Sha256.of(writer.written()));
    }

    private static Map<String, String> environment(ProjectBasis basis, Iterable<String> names) {
        Map<String, String> digests = new TreeMap<>();
        names.forEach(
                name ->
                        digests.put(
                                name,
                                basis.environment()
                                        .environment()
                                        .value(name)
                                        .map(value -> Sha256.hex(name + "=" + value))
                                        .orElse("")));
        return digests;
    }
}
