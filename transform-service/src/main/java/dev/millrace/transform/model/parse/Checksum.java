package dev.millrace.transform.model.parse;

import dev.millrace.contracts.Sha256;

/** The hash by which dbt tells that a file has changed. */
final class Checksum {

    private Checksum() {}

    static String of(String code) {
        return Sha256.hex(code);
    }
}
