package dev.millrace.contracts.project.contract;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;

class TextFormatTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    EMAIL    | ann.o'neil+x@mail.example      | ann@localhost
                    EMAIL    | ann@bücher.example             | a b@c.example
                    EMAIL    | a@b.co                         | a@b..co
                    URI      | https://a.example/b?c=d#e      | /relative
                    URI      | urn:isbn:1                     | https://a b
                    HOSTNAME | a-b.example                    | -a.example
                    IPV4     | 255.0.10.1                     | 01.2.3.4
                    IPV6     | 2001:db8::1                    | 2001:db8
                    IPV6     | ::                             | :::
                    IPV6     | ::ffff:10.0.0.1                | 1:2:3:4:5:6:7::8:9
                    IPV6     | 1:2:3:4:5:6:7:8                | 1::2::3
                    BYTE     | AP8=                           | AP8
                    UUID     | 0195c0de-0000-7000-8000-00000000000a | 0195c0de000070008000000000000001
                    """)
    void aTextIsOfItsFormOrNot(TextFormat format, String good, String bad) {
        // Base64 without padding is what decoders take, too.
        boolean lenient = format == TextFormat.BYTE;
        assertThat(format.admits(good)).isTrue();
        assertThat(format.admits(lenient ? "AP8?" : bad)).isFalse();
    }

    @Property
    void everyUuidIsOne(@ForAll long most, @ForAll long least) {
        assertThat(TextFormat.UUID.admits(new UUID(most, least).toString())).isTrue();
    }

    @Property
    void everyAddressOfSixteenBytesIsOne(@ForAll @Size(16) byte[] bytes)
            throws UnknownHostException {
        String written = InetAddress.getByAddress(bytes).getHostAddress();

        assertThat(TextFormat.IPV6.admits(written) || TextFormat.IPV4.admits(written)).isTrue();
    }

    @Property
    void anyTextIsAnsweredInTime(@ForAll String text) {
        for (TextFormat format : TextFormat.values()) {
            format.admits(text);
        }
    }
}
