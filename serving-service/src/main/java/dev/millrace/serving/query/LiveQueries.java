package dev.millrace.serving.query;

import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.TenantTokens;
import dev.millrace.serving.access.Tenants;
import dev.millrace.serving.access.Visit;
import dev.millrace.serving.semantic.CompiledQuery;
import dev.millrace.serving.semantic.Viewer;

import org.springframework.stereotype.Component;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** Queries that are answered again and again, for whoever watches them. */
@Component
public class LiveQueries {

    private final ServedModel model;
    private final QueryDesk desk;
    private final AnswerCache cache;
    private final TenantTokens tokens;
    private final QueryReader reader;
    private final QueryReader anyTime;
    private final Answers answers;
    private final JsonMapper json;

    LiveQueries(
            ServedModel model,
            QueryDesk desk,
            AnswerCache cache,
            TenantTokens tokens,
            JsonMapper json,
            Clock clock) {
        this.tokens = tokens;
        this.model = model;
        this.desk = desk;
        this.cache = cache;
        this.json = json;
        this.reader = new QueryReader(json, clock);
        // At one moment, ranges that move are equal if they are written in the same way.
        this.anyTime = new QueryReader(json, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
        this.answers = new Answers(json);
    }

    /**
     * A query that somebody begins to watch.
     *
     * @param query as Cube's clients write it, an object or an array
     * @throws dev.millrace.serving.semantic.QueryException if it cannot be answered, or not to this
     *     caller
     */
    public LiveQuery open(Caller caller, String query) {
        JsonNode written = CubeRequest.parse(query, json);
        LiveQuery live = new LiveQuery(caller, Viewers.of(caller), written);
        // It is refused before anybody waits for it.
        live.prepared(model.current(), reader);
        return live;
    }

    private record Prepared(
            ServedModel.Revision revision, QuerySet set, List<CompiledQuery> compiled) {}

    /** A query that is watched. */
    public final class LiveQuery {

        private final Caller caller;
        private final Viewer viewer;
        private final JsonNode written;
        private final Tenants tenants;
        private final Object key;
        private final Visit.Members members;

        private LiveQuery(Caller caller, Viewer viewer, JsonNode written) {
            this.caller = caller;
            this.viewer = viewer;
            this.written = written;
            this.tenants = tokens.of(caller);
            Prepared prepared = prepared(model.current(), anyTime);
            this.members = QueryDesk.members(prepared.set());
            this.key =
                    List.of(
                            written,
                            AnswerCache.Key.of(tenants, prepared.set(), prepared.compiled()));
        }

        /** What it asks for. */
        public Visit.Members members() {
            return members;
        }

        /** Equal for queries that have the same answer for all who watch them. */
        public Object key() {
            return key;
        }

        private Prepared prepared(ServedModel.Revision revision, QueryReader by) {
            QuerySet set = QuerySet.read(written, by);
            List<CompiledQuery> compiled = revision.compile(set, viewer);
            compiled.forEach(Answers::checkShown);
            return new Prepared(revision, set, compiled);
        }

        /** The answer as it is now; nothing if it takes longer than a request may wait. */
        public Optional<LiveAnswer> answer() {
            Prepared now = prepared(model.current(), reader);
            CubeRequest request =
                    new CubeRequest(written, true, false, CachePolicy.BY_MODEL, "live");
            return desk.count(
                    "live",
                    caller,
                    entry -> {
                        entry.members(now.set());
                        Optional<QueryDesk.Held> found =
                                desk.results(
                                        request.cache(), caller, now.set(), now.compiled(), entry);
                        if (found.isEmpty()) {
                            entry.continues();
                            return Optional.empty();
                        }
                        try (QueryDesk.Held held = found.get();
                                ResultMemory.Share memory = desk.memory()) {
                            entry.rows(held.results());
                            return Optional.of(
                                    new LiveAnswer(
                                            AnswerTags.ofRows(
                                                    now.revision().name(), held.results()),
                                            bytes(
                                                    answers.load(
                                                            now.set(),
                                                            now.compiled(),
                                                            held.results(),
                                                            now.revision().annotations(),
                                                            request,
                                                            memory::take)),
                                            held.results(),
                                            AnswerCache.Key.of(tenants, now.set(), now.compiled()),
                                            now.revision().name()));
                        }
                    });
        }

        /** Whether nothing that the answer was read from has changed, nor the model. */
        public boolean isCurrent(LiveAnswer answer) throws InterruptedException {
            return model.current().name().equals(answer.revision)
                    && cache.isStillTrue(answer.results);
        }

        /** Whether the answer may be another one later although nothing changes. */
        public boolean moves(LiveAnswer answer) {
            if (answer.results.reads().keeping() != Reads.Keeping.WHILE_UNCHANGED) {
                return true;
            }
            Prepared now = prepared(model.current(), reader);
            return !AnswerCache.Key.of(tenants, now.set(), now.compiled()).equals(answer.key);
        }
    }

    /** One of the answers of a query that is watched. */
    public static final class LiveAnswer {

        private final String tag;
        private final byte[] json;
        private final Results results;
        private final AnswerCache.Key key;
        private final String revision;

        private LiveAnswer(
                String tag, byte[] json, Results results, AnswerCache.Key key, String revision) {
            this.tag = tag;
            this.json = json;
            this.results = results;
            this.key = key;
            this.revision = revision;
        }

        /** The same for answers of the query that have the same rows, by the same model. */
        public String tag() {
            return tag;
        }

        /** How many rows it has. */
        public long rows() {
            return results.rows();
        }

        /** The answer as {@code /load} gives it, in one line. */
        public byte[] json() {
            return json.clone();
        }

        /** Whether it has the same rows as another. */
        public boolean hasRowsOf(LiveAnswer other) {
            return tag.equals(other.tag);
        }
    }

    private static byte[] bytes(ChunkedBytes written) {
        try {
            ByteArrayOutputStream out =
                    new ByteArrayOutputStream((int) Math.min(written.length(), Integer.MAX_VALUE));
            written.writeTo(out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
