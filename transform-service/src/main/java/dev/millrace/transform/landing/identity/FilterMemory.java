package dev.millrace.transform.landing.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
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

    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(SMALL).asReadOnlyBuffer();

    private FilterMemory() {}

    /**
     * Zeros, which nobody else sees. They are given back once nothing refers to them.
     *
     * @throws UncheckedIOException if there is no room for them where temporary files are
     */
    static ByteBuffer allocate(int bytes) {
        if (bytes <= SMALL) {
            return ByteBuffer.allocateDirect(bytes);
        }
        try {
            return mapOrMakeRoom(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "a filter of %,d bytes cannot be made in %s: %s"
                            .formatted(bytes, System.getProperty("java.io.tmpdir"), e),
                    e);
        }
    }

    private static ByteBuffer mapOrMakeRoom(int bytes) throws IOException {
        try {
            return map(bytes);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            // Only a collection frees the room of files that nothing refers to any more.
            System.gc();
            return map(bytes);
        }
    }

    private static ByteBuffer map(int bytes) throws IOException {
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
    }

    /** Takes the room now, while it is an error like others that there is none. */
    private static void fill(FileChannel channel, int bytes) throws IOException {
        ByteBuffer zeros = ZEROS.duplicate();
        for (int left = bytes; left > 0; left -= zeros.limit()) {
            zeros.clear().limit(Math.min(SMALL, left));
            while (zeros.hasRemaining()) {
                channel.write(zeros);
            }
        }
    }
}
