package dev.millrace.serving.query;

import dev.millrace.contracts.Sha256;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Entity tags of answers: weak ones, as an answer names its request. Two answers have the same tag
 * if they are to the same query, by the same model, from the same versions of all that was read;
 * or, where these are not known, read at the same moment.
 */
final class AnswerTags {

    private static final int BYTES = 16;

    private AnswerTags() {}

    static String of(Question question, boolean multi, Results results) {
        StringBuilder text = new StringBuilder(question.revision().name());
        text.append('|').append(multi).append('|').append(question.text());
        question.statements().forEach(statement -> text.append('|').append(statement));
        question.forms().forEach(form -> text.append('|').append(form));
        if (results.reads().keeping() == Reads.Keeping.WHILE_UNCHANGED) {
            results.reads()
                    .relations()
                    .forEach(relation -> text.append('|').append(state(relation)));
        } else {
            text.append('|').append(results.readAt());
        }
        MessageDigest digest = Sha256.begin();
        digest.update(text.toString().getBytes(StandardCharsets.UTF_8));
        return "W/\"" + hex(digest) + "\"";
    }

    /** A tag of what the rows are, wherever and whenever they were read. */
    static String ofRows(String revision, Results results) {
        MessageDigest digest = Sha256.begin();
        digest.update(revision.getBytes(StandardCharsets.UTF_8));
        for (ResultRows rows : results.queries()) {
            digest.update((byte) '|');
            digest.update(String.valueOf(rows.total()).getBytes(StandardCharsets.UTF_8));
            try {
                rows.json()
                        .writeTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return hex(digest);
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    }

    private static String state(ReadRelation relation) {
        return relation.oid()
                + "."
                + relation.file()
                + "."
                + relation.rule()
                + "."
                + relation.version();
    }
}
