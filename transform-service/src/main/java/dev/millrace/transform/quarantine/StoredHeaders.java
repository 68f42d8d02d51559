package dev.millrace.transform.quarantine;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Headers as {@code jsonb} that people can read and that loses nothing: an array, in their order,
 * of {@code {name, value}}, or {@code {name, base64}} where the bytes are no text. A name that
 * {@code jsonb} cannot hold stands in {@code name_base64} as well.
 */
final class StoredHeaders {

    private static final String NONE = "[]";
    private static final String NAME = "name";
    private static final String NAME_BASE64 = "name_base64";
    private static final String VALUE = "value";
    private static final String BASE64 = "base64";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private StoredHeaders() {}

    static String write(List<KeptHeader> headers) {
        if (headers.isEmpty()) {
            return NONE;
        }
        ArrayNode array = JSON.createArrayNode();
        for (KeptHeader header : headers) {
            ObjectNode member = array.addObject();
            writeName(member, header.name());
            writeValue(member, header.value().orElse(null));
        }
        return JSON.writeValueAsString(array);
    }

    static List<KeptHeader> read(String json) {
        List<KeptHeader> headers = new ArrayList<>();
        for (JsonNode member : JSON.readTree(json)) {
            headers.add(new KeptHeader(name(member), value(member)));
        }
        return headers;
    }

    private static void writeName(ObjectNode member, String name) {
        String shown = new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        member.put(NAME, shown.replace('\0', '\uFFFD'));
        if (name.indexOf('\0') >= 0) {
            member.put(NAME_BASE64, base64(name.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static void writeValue(ObjectNode member, byte @Nullable [] bytes) {
        if (bytes == null) {
            member.putNull(VALUE);
            return;
        }
        String text = text(bytes);
        if (text == null || text.indexOf('\0') >= 0) {
            member.put(BASE64, base64(bytes));
        } else {
            member.put(VALUE, text);
        }
    }

    private static String name(JsonNode member) {
        JsonNode exact = member.path(NAME_BASE64);
        return exact.isString()
                ? new String(bytes(exact), StandardCharsets.UTF_8)
                : member.path(NAME).asString();
    }

    private static byte @Nullable [] value(JsonNode member) {
        if (member.path(BASE64).isString()) {
            return bytes(member.path(BASE64));
        }
        JsonNode text = member.path(VALUE);
        return text.isString() ? text.asString().getBytes(StandardCharsets.UTF_8) : null;
    }

    private static byte[] bytes(JsonNode base64) {
        return Base64.getDecoder().decode(base64.asString());
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** The text that the bytes are in UTF-8, if they are. */
    static @Nullable String text(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
