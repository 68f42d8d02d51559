package dev.millrace.serving.query;

import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * An answer but for its rows and for the ids of requests, which stand in between. It keeps no rows
 * alive that are kept nowhere else.
 *
 * @param results those that it is of
 * @param multi whether it is for clients that know answers with several results
 * @param tag tells it from others to the same question
 * @param texts what stands before the id, what stands between it and the rows, for each result; and
 *     the end
 */
record WrittenAnswer(
        WeakReference<Results> results, boolean multi, String tag, List<ChunkedBytes> texts) {

    WrittenAnswer {
        texts = List.copyOf(texts);
    }

    boolean isOf(Results other, boolean toMulti) {
        return results.refersTo(other) && multi == toMulti;
    }

    /**
     * The whole of it.
     *
     * @param requestId of letters that JSON takes as they are
     * @param memory is asked before the answer takes some beside what is there
     */
    ChunkedBytes body(Results rows, String requestId, LongConsumer memory) {
        byte[] id = ('"' + requestId + '"').getBytes(StandardCharsets.US_ASCII);
        memory.accept(id.length);
        ChunkedBytes body = new ChunkedBytes(memory);
        for (int i = 0; i < rows.queries().size(); i++) {
            body.append(texts.get(2 * i));
            body.append(id);
            body.append(texts.get(2 * i + 1));
            body.append(rows.queries().get(i).json());
        }
        body.append(texts.getLast());
        return body;
    }
}
