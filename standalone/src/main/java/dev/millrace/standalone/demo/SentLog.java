package dev.millrace.standalone.demo;

import dev.millrace.standalone.demo.shop.Message;
import dev.millrace.standalone.demo.shop.Parcel;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What was sent and what was answered, as lines of JSON, for a program that wants to know what must
 * be in the warehouse. A message stands here before it is sent. The log of a data directory is
 * never cut, as what was sent stays in its warehouse.
 */
final class SentLog implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final BufferedWriter out;

    private SentLog(BufferedWriter out) {
        this.out = out;
    }

    /** Opens the log of a data directory, at its end. */
    static SentLog open(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        return new SentLog(
                Files.newBufferedWriter(
                        file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    void beginRun(long seed) throws IOException {
        write(line("run").put("seed", Long.toUnsignedString(seed)));
    }

    /** The messages of a parcel that is about to be sent. */
    void sending(Parcel parcel) throws IOException {
        for (Message message : parcel.messages()) {
            write(
                    line("message")
                            .put("parcel", parcel.number())
                            .put("source", message.door().source())
                            .put("stream", message.stream())
                            .put("id", message.id())
                            .put("nature", message.nature().code())
                            .put("fate", message.nature().fate().code())
                            .put("body", message.body()));
        }
        out.flush();
    }

    void answered(Parcel parcel, Answer answer) throws IOException {
        write(
                line("answer")
                        .put("parcel", parcel.number())
                        .put("attempt", answer.attempt())
                        .put("status", answer.status())
                        .put("acknowledged", answer.isAcknowledged())
                        .put("text", answer.text()));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private static ObjectNode line(String kind) {
        return JSON.createObjectNode().put("kind", kind);
    }

    private void write(ObjectNode line) throws IOException {
        out.write(line.toString());
        out.write('\n');
    }
}
