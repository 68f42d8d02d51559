package dev.millrace.transform.quarantine;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

class StoredHeadersTest {

    @Property(tries = 500)
    void whatIsWrittenIsReadAgainByteByByte(
            @ForAll List<byte[]> values, @ForAll List<String> names) {
        List<KeptHeader> headers = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            // As Kafka reads names: halves of surrogate pairs are none.
            byte[] name = (i < names.size() ? names.get(i) : "x").getBytes(StandardCharsets.UTF_8);
            headers.add(
                    new KeptHeader(
                            new String(name, StandardCharsets.UTF_8),
                            i % 5 == 4 ? null : values.get(i)));
        }

        String stored = StoredHeaders.write(headers);

        assertThat(stored).doesNotContain("\\u0000");
        List<KeptHeader> read = StoredHeaders.read(stored);
        assertThat(read)
                .extracting(KeptHeader::name)
                .isEqualTo(headers.stream().map(KeptHeader::name).toList());
        for (int i = 0; i < headers.size(); i++) {
            assertThat(read.get(i).value().orElse(null))
                    .isEqualTo(headers.get(i).value().orElse(null));
        }
    }

    @Test
    void textIsReadableAndAllElseIsBase64() {
        assertThat(
                        StoredHeaders.write(
                                List.of(
                                        new KeptHeader("a", "ü".getBytes(StandardCharsets.UTF_8)),
                                        new KeptHeader("a", new byte[] {0}),
                                        new KeptHeader("n\0", null))))
                .isEqualTo(
                        "[{\"name\":\"a\",\"value\":\"ü\"},{\"name\":\"a\",\"base64\":\"AA==\"},"
                            + "{\"name\":\"n\uFFFD\",\"name_base64\":\"bgA=\",\"value\":null}]");
    }
}
