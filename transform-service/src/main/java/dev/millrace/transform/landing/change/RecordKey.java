package dev.millrace.transform.landing.change;

import dev.millrace.transform.landing.row.ChangeLayout;
import dev.millrace.transform.landing.row.MalformedValueException;
import dev.millrace.transform.landing.row.ValueReader;
import dev.millrace.transform.landing.row.ValueSchema;
import dev.millrace.transform.landing.value.Text;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The key of a record: fields of a JSON object, alone or as the payload beside a schema; or one
 * value, which need not be JSON.
 *
 * @param fields names of the fields; none for a value alone
 * @param values of the fields in their order; null for JSON's null
 */
record RecordKey(@Nullable ValueSchema schema, List<String> fields, List<@Nullable Object> values) {

    /** Reads a key. */
    static RecordKey read(byte[] key, ValueReader values, ConnectSchemas schemas)
            throws MalformedValueException {
        Envelope.Range schema = new Envelope.Range();
        try (JsonParser parser = values.parser(key, 0)) {
            JsonToken first = parser.nextToken();
            if (first != null && first != JsonToken.START_OBJECT) {
                Object value = ValueReader.value(parser);
                return parser.nextToken() == null ? single(value) : text(key);
            }
            if (first == null) {
                throw new MalformedValueException("the key is empty");
            }
            RecordKey read = object(parser, schema);
            ConnectSchema known = schema.isPresent() ? schemas.read(key, schema) : null;
            return new RecordKey(known, read.fields(), read.values());
        } catch (JacksonException e) {
            return text(key);
        }
    }

    private static RecordKey object(JsonParser parser, Envelope.Range schema) {
        long shift = parser.currentLocation().getByteOffset() - 1;
        List<String> fields = new ArrayList<>();
        List<@Nullable Object> found = new ArrayList<>();
        String name;
        while ((name = parser.nextName()) != null) {
            JsonToken token = parser.nextToken();
            if (name.equals("schema") && fields.isEmpty() && token == JsonToken.START_OBJECT) {
                long from = parser.currentLocation().getByteOffset() - 1;
                parser.skipChildren();
                schema.set(
                        (int) (from - shift),
                        (int) (parser.currentLocation().getByteOffset() - shift));
            } else if (name.equals("payload") && fields.isEmpty() && schema.isPresent()) {
                RecordKey payload =
                        token == JsonToken.START_OBJECT
                                ? object(parser, new Envelope.Range())
                                : single(ValueReader.value(parser));
                parser.nextToken();
                return payload;
            } else {
                fields.add(name);
                found.add(ValueReader.value(parser));
            }
        }
        return new RecordKey(null, fields, found);
    }

    private static RecordKey single(@Nullable Object value) {
        List<@Nullable Object> values = new ArrayList<>();
        values.add(value);
        return new RecordKey(null, List.of(), values);
    }

    /** A key that is no JSON is taken for its letters. */
    private static RecordKey text(byte[] key) {
        return single(Text.clean(new String(key, StandardCharsets.UTF_8)));
    }

    /** The identity that the fields make. */
    String id() throws MalformedValueException {
        @Nullable String[] texts = new String[values.size()];
        for (int i = 0; i < texts.length; i++) {
            Object value = values.get(i);
            if (value == null) {
                throw new MalformedValueException("a field of the record's key is null");
            }
            texts[i] = ChangeLayout.keyText(value);
        }
        if (texts.length == 0) {
            throw new MalformedValueException("the record's key has no fields");
        }
        return ChangeLayout.idOf(texts);
    }

    /** The value of a key's part that is declared by its path; null if there is none. */
    @Nullable Object value(String origin) {
        int exact = fields.indexOf(origin);
        if (exact >= 0) {
            return values.get(exact);
        }
        int last = fields.indexOf(origin.substring(origin.lastIndexOf('.') + 1));
        return last >= 0 ? values.get(last) : null;
    }
}
