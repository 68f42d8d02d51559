package dev.millrace.serving.query.export;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The forms that rows can be written in. */
public enum ExportFormat {
    CSV("text/csv", "; charset=utf-8; header=present", "csv"),
    ARROW("application/vnd.apache.arrow.stream", "", "arrows"),
    PARQUET("application/vnd.apache.parquet", "", "parquet");

    private final String mediaType;
    private final String parameters;
    private final String fileEnding;

    ExportFormat(String mediaType, String parameters, String fileEnding) {
        this.mediaType = mediaType;
        this.parameters = parameters;
        this.fileEnding = fileEnding;
    }

    /** The form that a request names. */
    public static Optional<ExportFormat> named(String name) {
        return Arrays.stream(values()).filter(format -> format.wireName().equals(name)).findFirst();
    }

    /** Its name in requests, logs and metrics. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String mediaType() {
        return mediaType;
    }

    /** The media type with what is to be said of it. */
    public String contentType() {
        return mediaType + parameters;
    }

    public String fileEnding() {
        return fileEnding;
    }

    /** Begins to write rows. */
    public RowForm open(OutputStream out, List<ExportColumn> columns) throws IOException {
        return switch (this) {
            case CSV -> new CsvForm(out, columns);
            case ARROW -> new ArrowForm(out, columns);
            case PARQUET -> new ParquetForm(out, columns);
        };
    }
}
