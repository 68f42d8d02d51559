package dev.millrace.ingestion.payload;

import java.nio.file.Path;

/** Where third-party material lies, if it lies there: {@code -Dmillrace.corpora=DIR} tells. */
public final class Corpora {

    private Corpora() {}

    public static Path folder(String name) {
        return Path.of(System.getProperty("millrace.corpora", "../../shared/corpora"), name);
    }
}
