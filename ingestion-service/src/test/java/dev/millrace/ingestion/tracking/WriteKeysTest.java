package dev.millrace.ingestion.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

class WriteKeysTest {

    @Test
    void theUserNameOfBasicIsTheKeyWithAndWithoutAColon() {
        assertThat(WriteKeys.ofAuthorization("Basic " + base64("abc123:"))).isEqualTo("abc123");
        assertThat(WriteKeys.ofAuthorization("Basic " + base64("abc123"))).isEqualTo("abc123");
        assertThat(WriteKeys.ofAuthorization("basic  " + base64("abc123:pw:x")))
                .isEqualTo("abc123");
    }

    @Test
    void otherHeadersNameNoKey() {
        assertThat(WriteKeys.ofAuthorization(null)).isNull();
        assertThat(WriteKeys.ofAuthorization("")).isNull();
        assertThat(WriteKeys.ofAuthorization("Bearer abc")).isNull();
        assertThat(WriteKeys.ofAuthorization("Basic !!!")).isNull();
        assertThat(WriteKeys.ofAuthorization("Basic")).isNull();
        assertThat(WriteKeys.ofAuthorization("Basic " + base64(":pw"))).isNull();
    }

    @Test
    void theQueryMayNameTheKey() {
        assertThat(WriteKeys.ofQuery("a=b&writeKey=abc%20123&writeKey=other")).isEqualTo("abc 123");
        assertThat(WriteKeys.ofQuery("writekey=abc")).isNull();
        assertThat(WriteKeys.ofQuery("writeKey=")).isNull();
        assertThat(WriteKeys.ofQuery("writeKey=%zz")).isNull();
        assertThat(WriteKeys.ofQuery("")).isNull();
        assertThat(WriteKeys.ofQuery(null)).isNull();
    }

    @Property(tries = 300)
    void noHeaderOrQueryDoesMoreThanNameNoKey(@ForAll String text) {
        assertThatCode(
                        () -> {
                            WriteKeys.ofAuthorization(text);
                            WriteKeys.ofAuthorization("Basic " + text);
                            WriteKeys.ofQuery(text);
                            WriteKeys.ofQuery("writeKey=" + text);
                        })
                .doesNotThrowAnyException();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
