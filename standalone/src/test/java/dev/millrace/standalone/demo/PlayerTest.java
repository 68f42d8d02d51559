package dev.millrace.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.standalone.demo.shop.Door;
import dev.millrace.standalone.demo.shop.History;
import dev.millrace.standalone.demo.shop.Message;
import dev.millrace.standalone.demo.shop.Nature;
import dev.millrace.standalone.demo.shop.Parcel;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

class PlayerTest {

    private static final History HISTORY = History.of(1);
    private static final Player.Patience SHORT = new Player.Patience(Duration.ofNanos(1), 4);

    @TempDir Path directory;

    @Test
    void everyParcelIsSentOnceInItsOrder() throws Exception {
        Recording door = new Recording(PlayerTest::asItMustBe);

        play(door);

        assertThat(door.sent).isEqualTo(HISTORY.parcels());
        assertThat(answers()).hasSameSizeAs(HISTORY.parcels());
    }

    @Test
    void theLogHoldsEveryMessageAsItWasSent() throws Exception {
        play(new Recording(PlayerTest::asItMustBe));

        List<JsonNode> logged = lines("message");
        List<Message> sent =
                HISTORY.parcels().stream().flatMap(p -> p.messages().stream()).toList();
        assertThat(logged).hasSameSizeAs(sent);
        for (int i = 0; i < sent.size(); i++) {
            assertThat(logged.get(i).path("body").asString()).isEqualTo(sent.get(i).body());
            assertThat(logged.get(i).path("nature").asString())
                    .isEqualTo(sent.get(i).nature().code());
        }
    }

    @Test
    void whatIsNotAnsweredIsSentAgainWithTheSameIdentities() throws Exception {
        Recording door =
                new Recording(
                        (parcel, attempt) ->
                                parcel.number() == 3 && attempt < 3
                                        ? new Answer(attempt, attempt == 1 ? 503 : 0, "busy")
                                        : asItMustBe(parcel, attempt));

        play(door);

        Parcel third = HISTORY.parcels().get(2);
        assertThat(door.sent).filteredOn(third::equals).hasSize(3);
        assertThat(answers())
                .filteredOn(answer -> answer.path("parcel").asInt() == 3)
                .extracting(answer -> answer.path("status").asInt())
                .containsExactly(503, 0, 200);
    }

    @Test
    void aDoorThatStaysClosedEndsTheDemoWithItsLastWords() {
        Recording closed = new Recording((_, attempt) -> new Answer(attempt, 503, "full up"));

        assertThatThrownBy(() -> play(closed))
                .isInstanceOf(DemoFailedException.class)
                .hasMessageContaining("in none of 4 attempts")
                .hasMessageContaining("503 full up");
        assertThat(closed.sent).hasSize(4);
    }

    @Test
    void aGoodParcelThatIsRefusedEndsTheDemoAtOnce() {
        Recording refusing =
                new Recording((_, attempt) -> new Answer(attempt, 400, "what is this"));

        assertThatThrownBy(() -> play(refusing))
                .isInstanceOf(DemoFailedException.class)
                .hasMessageContaining("400 what is this");
        assertThat(refusing.sent).filteredOn(p -> p.nature() == Nature.ORDINARY).hasSize(1);
    }

    @Test
    void aBrokenRequestThatIsTakenEndsTheDemo() {
        Recording careless = new Recording((_, attempt) -> new Answer(attempt, 200, "fine"));

        assertThatThrownBy(() -> play(careless))
                .isInstanceOf(DemoFailedException.class)
                .hasMessageContaining("200 fine");
    }

    @Test
    void theLogIsContinuedByTheNextRun() throws Exception {
        play(new Recording(PlayerTest::asItMustBe));
        play(new Recording(PlayerTest::asItMustBe));

        assertThat(answers()).hasSize(2 * HISTORY.parcels().size());
        assertThat(lines("run")).hasSize(2);
    }

    private static Answer asItMustBe(Parcel parcel, int attempt) {
        return parcel.nature() == Nature.TRUNCATED || parcel.nature() == Nature.REFUSED_STRICTLY
                ? new Answer(attempt, 400, "no")
                : new Answer(attempt, 200, "yes");
    }

    private void play(Carrier door) throws Exception {
        ProgressLine progress =
                new ProgressLine(
                        new PrintStream(PrintStream.nullOutputStream()),
                        ProgressLine.Surface.PLAIN,
                        Clock.systemUTC());
        try (SentLog log = SentLog.open(directory.resolve("demo/sent.jsonl"))) {
            log.beginRun(1);
            new Player(
                            Map.of(Door.WEB, door, Door.MAIL, door, Door.FLEET, door),
                            log,
                            progress,
                            SHORT)
                    .play(HISTORY);
        }
    }

    private List<JsonNode> answers() throws IOException {
        return lines("answer");
    }

    private List<JsonNode> lines(String kind) throws IOException {
        return Files.readAllLines(directory.resolve("demo/sent.jsonl")).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .filter(line -> line.path("kind").asString().equals(kind))
                .toList();
    }

    /** Keeps what it was given, and answers by a rule. */
    private static final class Recording implements Carrier {

        private final List<Parcel> sent = new ArrayList<>();
        private final BiFunction<Parcel, Integer, Answer> rule;

        Recording(BiFunction<Parcel, Integer, Answer> rule) {
            this.rule = rule;
        }

        @Override
        public Answer send(Parcel parcel, int attempt) {
            sent.add(parcel);
            return rule.apply(parcel, attempt);
        }

        @Override
        public void close() {}
    }
}
