package dev.millrace.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

import java.security.MessageDigest;
import java.util.HexFormat;

/** The digests stand in databases and in the names of tables: another one would lose them. */
class Sha256Test {

    private static final String OF_ABC =
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void theDigestIsThatOfTheStandardsExample() {
        assertThat(Sha256.hex("abc")).isEqualTo(OF_ABC);
        assertThat(Sha256.of("abc".getBytes(UTF_8))).isEqualTo(HexFormat.of().parseHex(OF_ABC));
    }

    @Test
    void piecesHaveTheDigestOfTheWhole() {
        MessageDigest digest = Sha256.begin();
        digest.update((byte) 'a');
        digest.update("bc".getBytes(UTF_8));

        assertThat(digest.digest()).isEqualTo(Sha256.of("abc".getBytes(UTF_8)));
    }

    @Test
    void textIsDigestedInUtf8() {
        assertThat(Sha256.hex("é"))
                .isEqualTo(
                        HexFormat.of().formatHex(Sha256.of(new byte[] {(byte) 0xC3, (byte) 0xA9})));
    }
}
