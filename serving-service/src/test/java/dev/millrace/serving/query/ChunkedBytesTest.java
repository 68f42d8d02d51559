package dev.millrace.serving.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

class ChunkedBytesTest {

    @Property(tries = 200)
    void whatIsWrittenComesOutHoweverItWasCut(
            @ForAll @Size(max = 12) List<@IntRange(max = 90_000) Integer> sizes, @ForAll long seed)
            throws IOException {
        Random random = new Random(seed);
        ChunkedBytes bytes = new ChunkedBytes(_ -> {});
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (int size : sizes) {
            byte[] part = new byte[size];
            random.nextBytes(part);
            switch (random.nextInt(3)) {
                case 0 -> bytes.write(part);
                case 1 -> {
                    for (byte b : part) {
                        bytes.write(b);
                    }
                }
                default -> {
                    ChunkedBytes other = new ChunkedBytes(_ -> {});
                    other.write(part);
                    bytes.append(other);
                }
            }
            expected.write(part);
        }

        assertThat(contents(bytes)).isEqualTo(expected.toByteArray());
        assertThat(bytes.length()).isEqualTo(expected.size());
    }

    @Test
    void memoryIsAskedForBeforeItIsTakenAndInProportion() {
        AtomicLong asked = new AtomicLong();
        ChunkedBytes bytes = new ChunkedBytes(asked::addAndGet);
        assertThat(asked.get()).isZero();

        bytes.write(new byte[100]);
        assertThat(asked.get()).isEqualTo(1_024);

        bytes.write(new byte[1_000_000]);
        assertThat(asked.get()).isBetween(1_000_100L, 1_000_100L + 65_536);
    }

    @Test
    void withoutMemoryNothingIsWritten() {
        ChunkedBytes bytes =
                new ChunkedBytes(
                        _ -> {
                            throw new BusyException("Full");
                        });

        assertThatThrownBy(() -> bytes.write(1)).isInstanceOf(BusyException.class);
        assertThat(bytes.length()).isZero();
    }

    @Test
    void severalAnswersMayHoldTheSameRows() throws IOException {
        ChunkedBytes rows = new ChunkedBytes(_ -> {});
        rows.write("[1,2]".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        ChunkedBytes first = new ChunkedBytes(_ -> {});
        ChunkedBytes second = new ChunkedBytes(_ -> {});
        for (ChunkedBytes answer : List.of(first, second)) {
            answer.write('<');
            answer.append(rows);
            answer.write('>');
        }

        assertThat(contents(first)).asString().isEqualTo("<[1,2]>");
        assertThat(contents(second)).asString().isEqualTo("<[1,2]>");
        assertThat(contents(rows)).asString().isEqualTo("[1,2]");
    }

    private static byte[] contents(ChunkedBytes bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        bytes.writeTo(out);
        return out.toByteArray();
    }

    @Test
    void nothingIsWrittenBehindTheLastByte() throws IOException {
        ChunkedBytes rows = new ChunkedBytes(_ -> {});
        rows.write(new byte[3]);
        ChunkedBytes bytes = new ChunkedBytes(_ -> {});
        bytes.append(rows);
        bytes.append(new byte[2]);
        List<Integer> written = new ArrayList<>();

        bytes.writeTo(
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        written.add(1);
                    }

                    @Override
                    public void write(byte[] part, int from, int count) {
                        written.add(count);
                    }
                });

        assertThat(written).containsExactly(3, 2);
        assertThat(bytes.length()).isEqualTo(5);
    }
}
