package dev.millrace.ingestion.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.millrace.ingestion.source.BodyReader.Body;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;

class BodyReaderTest {

    private static final int LIMIT = 10_000;

    @Test
    void aBodyIsReadWithAndWithoutItsLengthAnnounced() throws Exception {
        byte[] body = bytes(5_000);
        assertComplete(read(body, body.length), body);
        assertComplete(read(body, -1), body);
        assertComplete(read(new byte[0], 0), new byte[0]);
        assertComplete(read(new byte[] {'1'}, -1), new byte[] {'1'});
    }

    @Test
    void exactlyTheLimitIsReadAndOneByteMoreIsNot() throws Exception {
        assertComplete(read(bytes(LIMIT), -1), bytes(LIMIT));
        assertComplete(read(bytes(LIMIT), LIMIT), bytes(LIMIT));
        assertThat(read(bytes(LIMIT + 1), -1)).isInstanceOf(Body.TooLarge.class);
        assertThat(read(gzip(bytes(LIMIT + 1)), -1)).isInstanceOf(Body.TooLarge.class);
        assertComplete(read(gzip(bytes(LIMIT)), -1), bytes(LIMIT));
    }

    @Test
    void nothingIsReadOrAllocatedOfABodyThatAnnouncesTooMuch() throws Exception {
        try (ByteBudget.Reservation reservation = new ByteBudget(1).reservation();
                InputStream untouchable = failingAfter(new byte[0])) {
            assertThat(
                            BodyReader.read(
                                    untouchable,
                                    LIMIT + 1,
                                    LIMIT,
                                    BodyReaderTest::never,
                                    reservation))
                    .isInstanceOf(Body.TooLarge.class);
        }
    }

    @Test
    void gzipIsKnownByItsFirstBytes() throws Exception {
        byte[] compressed = gzip(bytes(3_000));
        assertComplete(read(compressed, compressed.length), bytes(3_000));
    }

    @Test
    void severalGzipMembersAreOneBody() throws Exception {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(gzip(bytes(1_000)));
        both.write(gzip(bytes(500)));
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.write(bytes(1_000));
        expected.write(bytes(500));
        assertComplete(read(both.toByteArray(), both.size()), expected.toByteArray());
    }

    @Test
    void aBombIsInflatedToTheLimitOnly() throws Exception {
        byte[] bomb = gzip(new byte[8 << 20]);
        ByteBudget budget = new ByteBudget(64 * 1024);
        try (ByteBudget.Reservation reservation = budget.reservation()) {
            assertThat(
                            BodyReader.read(
                                    new ByteArrayInputStream(bomb),
                                    -1,
                                    LIMIT,
                                    BodyReaderTest::never,
                                    reservation))
                    .isInstanceOf(Body.TooLarge.class);
            assertThat(budget.used()).isLessThanOrEqualTo(LIMIT);
        }
    }

    @Test
    void compressedBodiesAreLimitedAsSentToo() throws Exception {
        byte[] incompressible = new byte[LIMIT * 2];
        new Random(1).nextBytes(incompressible);
        byte[] compressed = gzip(incompressible);
        ByteArrayInputStream in = new ByteArrayInputStream(compressed);
        try (ByteBudget.Reservation reservation = new ByteBudget(1 << 20).reservation()) {
            assertThat(BodyReader.read(in, -1, LIMIT, BodyReaderTest::never, reservation))
                    .isInstanceOf(Body.TooLarge.class);
        }
        assertThat(compressed.length - in.available()).isLessThanOrEqualTo(LIMIT + 1_024);
    }

    @Test
    void damagedGzipIsTold() throws Exception {
        byte[] compressed = gzip(bytes(3_000));
        assertThat(read(Arrays.copyOf(compressed, compressed.length / 2), -1))
                .isInstanceOf(Body.BadGzip.class);
        assertThat(read(Arrays.copyOf(compressed, 5), -1)).isInstanceOf(Body.BadGzip.class);
        byte[] flipped = compressed.clone();
        flipped[compressed.length - 6] ^= 0x55;
        assertThat(read(flipped, -1)).isInstanceOf(Body.BadGzip.class);
    }

    @Test
    void aCallerWhoStopsSendingIsNoDamagedGzip() throws Exception {
        try (ByteBudget.Reservation reservation = new ByteBudget(1 << 20).reservation();
                InputStream broken = failingAfter(Arrays.copyOf(gzip(bytes(9_000)), 12))) {
            assertThatThrownBy(
                            () ->
                                    BodyReader.read(
                                            broken, -1, LIMIT, BodyReaderTest::never, reservation))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aBodyThatFindsNoRoomIsNotRead() {
        ByteArrayInputStream body = new ByteArrayInputStream(bytes(5_000));
        try (ByteBudget.Reservation reservation = new ByteBudget(100).reservation()) {
            assertThatThrownBy(
                            () ->
                                    BodyReader.read(
                                            body, 5_000, LIMIT, BodyReaderTest::never, reservation))
                    .isInstanceOf(OutletUnavailableException.class);
        }
    }

    @Test
    void whatIsAnnouncedAndDoesNotComeIsNotReserved() throws Exception {
        ByteBudget budget = new ByteBudget(1 << 20);
        try (ByteBudget.Reservation reservation = budget.reservation();
                InputStream stopping = failingAfter(bytes(100))) {
            assertThatThrownBy(
                            () ->
                                    BodyReader.read(
                                            stopping,
                                            500_000,
                                            500_000,
                                            BodyReaderTest::never,
                                            reservation))
                    .isInstanceOf(IOException.class);
            assertThat(budget.used()).isEqualTo(4 * 1024);
        }
        try (ByteBudget.Reservation reservation = budget.reservation()) {
            Body body =
                    BodyReader.read(
                            new ByteArrayInputStream(bytes(9_000)),
                            9_000,
                            500_000,
                            BodyReaderTest::never,
                            reservation);
            assertComplete(body, bytes(9_000));
            assertThat(budget.used()).as("no more than announced").isEqualTo(9_000);
        }
    }

    @Test
    void aBodyThatComesSteadilyAndTooSlowlyIsGivenUp() throws Exception {
        for (byte[] body : List.of(bytes(LIMIT), gzip(bytes(LIMIT)))) {
            AtomicInteger reads = new AtomicInteger();
            InputStream dripping =
                    new ByteArrayInputStream(body) {
                        @Override
                        public synchronized int read(byte[] b, int offset, int length) {
                            reads.incrementAndGet();
                            return super.read(b, offset, Math.min(length, 1));
                        }
                    };
            try (ByteBudget.Reservation reservation = new ByteBudget(1 << 20).reservation()) {
                assertThat(
                                BodyReader.read(
                                        dripping, -1, LIMIT, () -> reads.get() >= 20, reservation))
                        .isInstanceOf(Body.TooSlow.class);
            }
            assertThat(reads).hasValue(20);
        }
    }

    @Property(tries = 100)
    void nothingIsReservedThatDidNotCome(
            @ForAll @IntRange(max = 9_999) int sent, @ForAll @IntRange(max = 10_000) int announced)
            throws Exception {
        ByteBudget budget = new ByteBudget(1 << 20);
        try (ByteBudget.Reservation reservation = budget.reservation()) {
            Body body =
                    BodyReader.read(
                            new ByteArrayInputStream(bytes(sent)),
                            announced,
                            LIMIT,
                            BodyReaderTest::never,
                            reservation);
            assertComplete(body, bytes(sent));
            assertThat(budget.used()).isLessThanOrEqualTo(Math.max(4 * 1024, 2 * sent));
        }
    }

    @Property(tries = 200)
    void everyBodyComesOutAsItWentIn(
            @ForAll @Size(max = 9_000) byte[] body, @ForAll @IntRange(min = 1, max = 700) int step)
            throws Exception {
        assumeThat(body.length >= 2 && body[0] == 0x1F && body[1] == (byte) 0x8B).isFalse();
        assertComplete(readInSteps(body, step), body);
        assertComplete(readInSteps(gzip(body), step), body);
    }

    private static Body readInSteps(byte[] body, int step) throws Exception {
        InputStream slow =
                new ByteArrayInputStream(body) {
                    @Override
                    public synchronized int read(byte[] b, int offset, int length) {
                        return super.read(b, offset, Math.min(length, step));
                    }
                };
        try (ByteBudget.Reservation reservation = new ByteBudget(1 << 20).reservation()) {
            return BodyReader.read(slow, -1, LIMIT, BodyReaderTest::never, reservation);
        }
    }

    private static Body read(byte[] body, long announced) throws Exception {
        try (ByteBudget.Reservation reservation = new ByteBudget(1 << 20).reservation()) {
            return BodyReader.read(
                    new ByteArrayInputStream(body),
                    announced,
                    LIMIT,
                    BodyReaderTest::never,
                    reservation);
        }
    }

    private static InputStream failingAfter(byte[] beginning) {
        return new InputStream() {
            private int at;

            @Override
            public int read() throws IOException {
                if (at == beginning.length) {
                    throw new IOException("connection reset");
                }
                return beginning[at++] & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                bytes[offset] = (byte) read();
                return 1;
            }
        };
    }

    private static boolean never() {
        return false;
    }

    private static void assertComplete(Body body, byte[] expected) {
        assertThat(body)
                .isInstanceOfSatisfying(
                        Body.Complete.class,
                        complete -> assertThat(complete.bytes()).isEqualTo(expected));
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) ('a' + i % 26);
        }
        return bytes;
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
            out.write(bytes);
        }
        return compressed.toByteArray();
    }
}
