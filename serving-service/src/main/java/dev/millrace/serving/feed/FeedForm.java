package dev.millrace.serving.feed;

import dev.millrace.serving.query.export.ColumnType;
import dev.millrace.serving.query.export.ExportColumn;
import dev.millrace.serving.query.export.ExportFormat;
import dev.millrace.serving.query.export.RowForm;

import org.jspecify.annotations.Nullable;
import org.springframework.util.MimeType;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The forms that a page can be written in. */
enum FeedForm {
    JSON("application/json") {
        @Override
        void write(FeedPage page, OutputStream out) {
            try (JsonGenerator json = JsonMapper.shared().createGenerator(out)) {
                json.writeStartObject();
                json.writeArrayPropertyStart("data");
                page.rows().forEach(row -> writeRow(row, json));
                json.writeEndArray();
                end(page, json);
                json.writeEndObject();
            }
        }
    },
    NDJSON("application/x-ndjson") {
        @Override
        void write(FeedPage page, OutputStream out) throws IOException {
            for (FeedPage.Row row : page.rows()) {
                out.write(line(json -> writeRow(row, json)));
            }
            out.write(
                    line(
                            json -> {
                                json.writeStartObject();
                                end(page, json);
                                json.writeEndObject();
                            }));
        }
    },
    CSV("text/csv") {
        @Override
        void write(FeedPage page, OutputStream out) throws IOException {
            List<String> names = new ArrayList<>(OWN);
            names.addAll(page.columns());
            RowForm form =
                    ExportFormat.CSV.open(out, names.stream().map(FeedForm::column).toList());
            for (FeedPage.Row row : page.rows()) {
                form.write(fields(row, page.columns()));
            }
            form.end();
        }
    };

    /** Columns that are told beside those of the table, whose names landing gives to none. */
    private static final List<String> OWN =
            List.of("_mr_op", "_mr_version", "_mr_changed_at", "_mr_key");

    /** Numbers stay as they are, with all their digits. */
    private static final JsonMapper EXACT =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
                    .build();

    private final String mediaType;

    FeedForm(String mediaType) {
        this.mediaType = mediaType;
    }

    String mediaType() {
        return mediaType;
    }

    abstract void write(FeedPage page, OutputStream out) throws IOException;

    /** What is written by a generator of JSON. */
    @FunctionalInterface
    private interface Written {
        void to(JsonGenerator json);
    }

    static byte[] line(Written written) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (JsonGenerator json = JsonMapper.shared().createGenerator(line)) {
            written.to(json);
        }
        line.write('\n');
        return line.toByteArray();
    }

    static void writeRow(FeedPage.Row row, JsonGenerator json) {
        json.writeStartObject();
        json.writeStringProperty("op", row.operation().wireName());
        json.writeNumberProperty("version", row.version());
        if (row.changedAt() != null) {
            json.writeStringProperty("changedAt", row.changedAt());
        }
        if (row.key() != null) {
            json.writeStringProperty("key", row.key());
        }
        if (row.row() != null) {
            json.writeName("row");
            // Line breaks stand between values alone: in a value of type json, as it was written.
            json.writeRawValue(row.row().replace('\n', ' ').replace('\r', ' '));
        }
        json.writeEndObject();
    }

    static void end(FeedPage page, JsonGenerator json) {
        json.writeStringProperty("cursor", page.next().text());
        json.writeBooleanProperty("more", page.more());
        json.writeBooleanProperty("reset", page.reset());
    }

    static ExportColumn column(String name) {
        return new ExportColumn(name, ColumnType.Plain.TEXT, Map.of(), UnaryOperator.identity());
    }

    static @Nullable String[] fields(FeedPage.Row row, List<String> columns) {
        @Nullable String[] values = new String[OWN.size() + columns.size()];
        values[0] = row.operation().wireName();
        values[1] = Long.toString(row.version());
        values[2] = row.changedAt();
        values[3] = row.key();
        JsonNode json = row.row() == null ? null : EXACT.readTree(row.row());
        for (int i = 0; i < columns.size(); i++) {
            JsonNode value = json == null ? null : json.get(columns.get(i));
            values[OWN.size() + i] = value == null || value.isNull() ? null : text(value);
        }
        return values;
    }

    private static String text(JsonNode value) {
        if (value.isString()) {
            return value.stringValue();
        }
        return value.isNumber() ? value.decimalValue().toPlainString() : value.toString();
    }

    /** The form that a request accepts most. */
    static FeedForm accepted(List<MimeType> accepted) {
        if (accepted.isEmpty()) {
            return JSON;
        }
        for (MimeType type : accepted) {
            for (FeedForm form : values()) {
                if (type.includes(MimeType.valueOf(form.mediaType()))) {
                    return form;
                }
            }
        }
        throw new FeedRefusedException(
                FeedRefusedException.Reason.NOT_ACCEPTABLE,
                "A feed is answered as application/json, application/x-ndjson or text/csv");
    }
}
