package dev.millrace.serving.query;

import dev.millrace.serving.access.Caller;
import dev.millrace.serving.access.TenantTokens;
import dev.millrace.serving.access.Tenants;
import dev.millrace.serving.access.Visit;
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
    private final Questions questions;
    private final QueryReader anyTime;
    private final Answers answers;
    private final JsonMapper json;

    LiveQueries(
            ServedModel model,
            QueryDesk desk,
            AnswerCache cache,
            TenantTokens tokens,
            Questions questions,
            JsonMapper json) {
        this.tokens = tokens;
        this.model = model;
        this.desk = desk;
        this.cache = cache;
        this.json = json;
        this.questions = questions;
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
        LiveQuery live = new LiveQuery(caller, Viewers.of(caller), query, written);
        // It is refused before anybody waits for it.
        live.question();
        return live;
    }

    /** A query that is watched. */
    public final class LiveQuery {

        private final Caller caller;
        private final Viewer viewer;
        private final String text;
        private final Tenants tenants;
        private final Object key;
        private final Visit.Members members;

        private LiveQuery(Caller caller, Viewer viewer, String text, JsonNode written) {
            this.caller = caller;
            this.viewer = viewer;
            this.text = text;
            this.tenants = tokens.of(caller);
            ServedModel.Revision revision = model.current();
            QuerySet set = QuerySet.read(written, anyTime);
            this.members = AskedMembers.of(set);
            Question question = new Question(text, revision, set, members, viewer);
            this.key = List.of(written, AnswerCache.Key.of(tenants, question));
        }

        /** What it asks for. */
        public Visit.Members members() {
            return members;
        }

        /** Equal for queries that have the same answer for all who watch them. */
        public Object key() {
            return key;
        }

        private Question question() {
            Question question = questions.of(model.current(), viewer, text, _ -> {});
            question.compiled().forEach(Answers::checkShown);
            return question;
        }

        /** The answer as it is now; nothing if it takes longer than a request may wait. */
        public Optional<LiveAnswer> answer() {
            Question question = question();
            return desk.count("live", caller, entry -> answer(question, entry));
        }

        private Optional<LiveAnswer> answer(Question question, QueryDesk.Entry entry) {
            entry.asks(question.members());
            Optional<QueryDesk.Held> found =
                    desk.results(CachePolicy.BY_MODEL, caller, question, entry);
            if (found.isEmpty()) {
                entry.continues();
                return Optional.empty();
            }
            try (QueryDesk.Held held = found.get();
                    ResultMemory.Share memory = desk.memory()) {
                Results results = held.results();
                entry.rows(results);
                ChunkedBytes body =
                        answers.write(question, results, true, memory::take)
                                .body(results, "live", memory::take);
                String revision = question.revision().name();
                return Optional.of(
                        new LiveAnswer(
                                AnswerTags.ofRows(revision, results),
                                bytes(body),
                                results,
                                AnswerCache.Key.of(tenants, question),
                                revision));
            }
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
            return !AnswerCache.Key.of(tenants, question()).equals(answer.key);
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
