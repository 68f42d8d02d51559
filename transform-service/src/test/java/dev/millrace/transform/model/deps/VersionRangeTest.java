package dev.millrace.transform.model.deps;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.Stream;

class VersionRangeTest {

    private static Version version(String text) {
        return Version.of(text).orElseThrow();
    }

    @Test
    void versionsAreInTheOrderOfTheirNumbers() {
        assertThat(
                        Stream.of(
                                        "1.10.0",
                                        "1.2.0",
                                        "2.0.0",
                                        "2.0.0-rc1",
                                        "2.0.0-b1",
                                        "0.9",
                                        "v1.2.1")
                                .map(VersionRangeTest::version)
                                .sorted())
                .containsExactly(
                        version("0.9.0"),
                        version("1.2.0"),
                        version("1.2.1"),
                        version("1.10.0"),
                        version("2.0.0-b1"),
                        version("2.0.0-rc1"),
                        version("2.0.0"));
    }

    @Test
    void everyConditionMustBeMet() {
        VersionRange range = new VersionRange(List.of(">=1.0.0", "<2.0.0"));
        assertThat(range.contains(version("1.0.0"))).isTrue();
        assertThat(range.contains(version("1.99.9"))).isTrue();
        assertThat(range.contains(version("2.0.0"))).isFalse();
        assertThat(new VersionRange(List.of("=1.0.0")).contains(version("1.0.0"))).isTrue();
        assertThat(new VersionRange(List.of(">1.0.0")).contains(version("1.0.0"))).isFalse();
        assertThat(new VersionRange(List.of("<=1.0.0")).contains(version("1.0.1"))).isFalse();
    }

    @Test
    void otherTextIsNoVersion() {
        assertThat(Version.of("latest")).isEmpty();
        assertThat(Version.of("1.2.3.4")).isEmpty();
        assertThat(Version.of("99999999999.0.0")).isEmpty();
        assertThat(VersionRange.isOne("~> 1.0")).isFalse();
        assertThat(VersionRange.isOne(">= 1.0")).isTrue();
    }
}
