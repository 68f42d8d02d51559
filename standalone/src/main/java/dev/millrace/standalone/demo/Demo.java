package dev.millrace.standalone.demo;

import dev.millrace.standalone.command.ModelRun;
import dev.millrace.standalone.command.ModelRuns;
import dev.millrace.standalone.demo.shop.Door;
import dev.millrace.standalone.demo.shop.History;
import dev.millrace.standalone.demo.shop.Nature;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The path of the data, once through: play, land, build, ask. */
final class Demo {

    private static final Duration LANDING_PATIENCE = Duration.ofMinutes(2);
    private static final int ROWS_SHOWN = 8;

    private final Addresses addresses;
    private final Path project;
    private final Path data;
    private final PrintStream out;
    private final ProgressLine progress;

    Demo(Addresses addresses, Path project, Path data, PrintStream out) {
        this.addresses = addresses;
        this.project = project;
        this.data = data;
        this.out = out;
        this.progress =
                new ProgressLine(out, ProgressLine.Surface.ofThisProcess(), Clock.systemUTC());
    }

    /**
     * Goes all the way.
     *
     * @param writeKeys of the sources that have a Segment door
     * @throws DemoFailedException if it got stuck, with what to look at
     */
    void run(long seed, Map<Door, String> writeKeys)
            throws DemoFailedException, InterruptedException {
        List<Question> questions = Question.of(project);
        History history = History.of(seed);
        describe(history);
        play(seed, history, writeKeys);
        new Landing(addresses, progress, LANDING_PATIENCE).await(history.prefix(), history.rows());
        build();
        ask(questions);
    }

    private void describe(History history) {
        Map<Nature, Integer> natures = history.natures();
        long broken =
                natures.entrySet().stream()
                        .filter(e -> e.getKey().isBroken())
                        .mapToLong(Map.Entry::getValue)
                        .sum();
        out.printf(
                Locale.ROOT,
                "%nThirteen weeks of a shop: %,d messages, of which %,d come late, %,d come again"
                        + " and %,d are broken.%n%n",
                history.messages(),
                natures.getOrDefault(Nature.LATE, 0),
                natures.getOrDefault(Nature.DUPLICATE, 0),
                broken);
    }

    private void play(long seed, History history, Map<Door, String> writeKeys)
            throws DemoFailedException, InterruptedException {
        KafkaCarrier.createTopic(addresses.kafka());
        try (SentLog log = SentLog.open(data.resolve("demo/sent.jsonl"));
                Carrier segment = new SegmentCarrier(addresses.ingestion(), writeKeys);
                Carrier kafka = new KafkaCarrier(addresses.kafka())) {
            log.beginRun(seed);
            new Player(
                            Map.of(Door.WEB, segment, Door.MAIL, segment, Door.FLEET, kafka),
                            log,
                            progress,
                            Player.Patience.LONG)
                    .play(history);
        } catch (IOException e) {
            throw new DemoFailedException("cannot write the log of what is sent: " + e, e);
        }
    }

    private void build() throws DemoFailedException, InterruptedException {
        long began = System.nanoTime();
        ModelRun run;
        try (ModelRuns runs =
                new ModelRuns(addresses.transform().toString(), addresses.operatorToken())) {
            String id =
                    runs.begin(
                            JsonMapper.shared().createObjectNode(), "the demo builds its models");
            run = runs.await(id, _ -> {});
        } catch (IOException e) {
            throw new DemoFailedException("the models were not built: " + e.getMessage(), e);
        }
        if (!run.succeeded()) {
            throw new DemoFailedException(
                    run.nodes().stream()
                            .filter(node -> Set.of("error", "fail").contains(node.status()))
                            .map(ModelRun.Node::toString)
                            .collect(
                                    Collectors.joining(
                                            "\n  ", "the models were not all built:\n  ", "")));
        }
        out.printf(
                Locale.ROOT,
                "  %-22s %d models in %.1f s%n",
                "building",
                // A test passes; what is built succeeds.
                run.nodes().stream().filter(node -> node.status().equals("success")).count(),
                (System.nanoTime() - began) / 1e9);
    }

    private void ask(List<Question> questions) throws DemoFailedException, InterruptedException {
        try (Serving serving = new Serving(addresses.serving(), addresses.servingToken())) {
            int number = 0;
            for (Question question : questions) {
                number++;
                TextTable answer = serving.answer(question);
                if (answer.rows().isEmpty()) {
                    throw new DemoFailedException(
                            "'" + question.title() + "' was answered with no rows at all");
                }
                out.printf(
                        "%n%d. %s%n%n%s%n%n  %s%n",
                        number,
                        question.title(),
                        answer.lines(ROWS_SHOWN).stream()
                                .collect(Collectors.joining("\n  ", "  ", "")),
                        question.curl());
            }
        }
        out.flush();
    }
}
