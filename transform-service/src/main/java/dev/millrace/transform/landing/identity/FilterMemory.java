package dev.millrace.transform.landing.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Memory for filters, beside the heap. A table of a billion rows has 2 GB of them: so the large
 * ones are files that the operating system keeps in memory as long as there is some, and reads
 * again where not.
 */
final class FilterMemory {

    /** Smaller ones are not worth a file; a process may map some ten thousand. */
    private static final int SMALL = 64 << 10;

    private FilterMemory() {}

    /**
     * Zeros, which nobody else sees. They are given back once nothing refers to them.
     *
     * @throws UncheckedIOException if there is no room for them where temporary files are
     */
    static ByteBuffer allocate(int bytes) {
        return bytes <= SMALL ? ByteBuffer.allocateDirect(bytes) : map(bytes);
    }

    private static ByteBuffer map(int bytes) {
        try {
            Path file = Files.createTempFile("millrace-identities-", ".filter");
            try (FileChannel channel =
                    FileChannel.open(
                            file,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.DELETE_ON_CLOSE)) {
                fill(channel, bytes);
                return channel.map(MapMode.READ_WRITE, 0, bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "a filter of %,d bytes does not fit into %s"
                            .formatted(bytes, System.getProperty("java.io.tmpdir")),
                    e);
        }
    }

    /**
     * Takes the room now: a full disk is an error here, and the end of the process on a later
     * write.
     */
    private static void fill(FileChannel channel, int bytes) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(SMALL);
        for (int left = bytes; left > 0; left -= zeros.limit()) {
            zeros.clear().limit(Math.min(SMALL, left));
            while (zeros.hasRemaining()) {
                channel.write(zeros);
            }
        }
    }
}
