package dev.millrace.serving.query;

import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalLong;

/**
 * The body of an answer that is written as it comes. Nothing is sent before there is more than a
 * buffer holds: until then an error can still be told as errors are.
 */
final class ExportBody extends OutputStream {

    /** How much is kept back at first. */
    static final int BUFFER_BYTES = 1 << 16;

    /** How much is sent before it is asked again whether there is still time. */
    private static final int PIECE_BYTES = 1 << 13;

    private final Answer answer;
    private final Runnable check;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private OutputStream out = nullOutputStream();
    private int buffered;
    private boolean begun;

    /** The answer that the body belongs to. */
    @FunctionalInterface
    interface Answer {

        /**
         * Begins to send.
         *
         * @param length of the body, if it is known
         */
        OutputStream begin(OptionalLong length) throws IOException;
    }

    /**
     * @param check is run before each piece, and fails if there is to be none
     */
    ExportBody(Answer answer, Runnable check) {
        this.answer = answer;
        this.check = check;
    }

    /** Whether something may have been sent. */
    boolean begun() {
        return begun;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        int at = offset;
        int left = length;
        while (left > 0) {
            if (buffered == buffer.length) {
                send(OptionalLong.empty());
            }
            int some = Math.min(left, buffer.length - buffered);
            System.arraycopy(bytes, at, buffer, buffered, some);
            buffered += some;
            at += some;
            left -= some;
        }
    }

    private void send(OptionalLong length) {
        try {
            if (!begun) {
                begun = true;
                out = answer.begin(length);
            }
            for (int at = 0; at < buffered; at += PIECE_BYTES) {
                check.run();
                out.write(buffer, at, Math.min(PIECE_BYTES, buffered - at));
                out.flush();
            }
            buffered = 0;
        } catch (IOException e) {
            // A reader that is too slow has not left.
            check.run();
            throw new CallerLeftException(e);
        }
    }

    /** Sends what is left: there is no more. */
    void finish() {
        send(begun ? OptionalLong.empty() : OptionalLong.of(buffered));
    }
}
