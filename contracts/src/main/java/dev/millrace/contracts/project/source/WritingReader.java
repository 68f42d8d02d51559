package dev.millrace.contracts.project.source;

import dev.millrace.contracts.project.YamlMapping;
import dev.millrace.contracts.project.YamlValue;
import dev.millrace.contracts.project.source.StreamSettings.Format;
import dev.millrace.contracts.project.source.Writing.Deletes;
import dev.millrace.contracts.project.source.Writing.Disposition;

import java.util.ArrayList;
import java.util.List;

/** Reads how the records of a Kafka stream go into its table. */
final class WritingReader {

    private static final List<String> OF_MERGE = List.of("primary_key", "deletes", "generation");

    private WritingReader() {}

    static Writing read(YamlMapping stream, Format format) {
        Disposition usual = format == Format.DEBEZIUM ? Disposition.MERGE : Disposition.APPEND;
        Disposition disposition = stream.choice("write_disposition", Disposition.class, usual);
        List<List<String>> primaryKey = primaryKey(stream);
        Deletes deletes = stream.choice("deletes", Deletes.class, Deletes.HARD);
        int generation = generation(stream);
        if (disposition == Disposition.REPLACE && format == Format.DEBEZIUM) {
            stream.reject(
                    "write_disposition",
                    "changes of rows are merged, and do not come in loads; leave"
                            + " 'write_disposition' out, or 'format' if the records are rows");
        }
        if (disposition != Disposition.MERGE) {
            rejectOfMerge(stream, disposition);
            return disposition == Disposition.APPEND ? Writing.APPEND : Writing.REPLACE;
        }
        if (stream.take("id").isPresent()) {
            stream.reject(
                    "id",
                    "a merged row is known by its primary key; leave 'id' out, or write it as"
                            + " primary_key: [%s]".formatted(stream.text("id")));
        }
        if (format == Format.JSON && stream.take("primary_key").isEmpty()) {
            stream.reject(
                    "write_disposition",
                    "merge needs 'primary_key', the paths of the values that tell one row from"
                            + " another, such as primary_key: [id]");
        }
        return new Writing(disposition, primaryKey, deletes, generation);
    }

    private static void rejectOfMerge(YamlMapping stream, Disposition disposition) {
        String what =
                disposition == Disposition.APPEND ? "is appended to" : "is replaced load by load";
        for (String key : OF_MERGE) {
            if (stream.take(key).isPresent()) {
                stream.reject(
                        key,
                        "'%s' says how rows are merged, and this stream %s; write"
                                        .formatted(key, what)
                                + " write_disposition: merge, or leave it out");
            }
        }
    }

    private static List<List<String>> primaryKey(YamlMapping stream) {
        List<List<String>> paths = new ArrayList<>();
        for (YamlValue item : stream.list("primary_key")) {
            String written = item.text().orElse("");
            String mistake = PayloadPath.mistakeInValue(written);
            List<String> path = PayloadPath.keys(written);
            if (!mistake.isEmpty()) {
                item.reject(mistake);
            } else if (paths.contains(path)) {
                item.reject("'%s' is in the primary key already".formatted(written));
            }
            paths.add(path);
        }
        if (paths.isEmpty() && stream.take("primary_key").isPresent()) {
            stream.reject(
                    "primary_key", "the primary key has no columns; name them, or leave it out");
        }
        return paths;
    }

    private static int generation(YamlMapping stream) {
        String written = stream.text("generation");
        if (written == null) {
            return 1;
        }
        try {
            int generation = Integer.parseInt(written);
            if (generation > 0) {
                return generation;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        stream.reject("generation", "expected a whole number from 1 on, found '" + written + "'");
        return 1;
    }
}
