package dev.millrace.contracts.project;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileSecretsTest {

    @Test
    void onlyWhatMillraceReadsStays() {
        assertThat(
                        without(
                                """
                                # a comment
                                shop:
                                  target: dev   # which one
                                  outputs:
                                    dev:
                                      type: postgres
                                      host: db.internal
                                      port: 5432
                                      password: "s3cret"
                                      schema: "{{ env_var('S') }}"
                                      extensions: [a, s3cret]
                                """))
                .isEqualTo(
                        """
                        # a comment
                        shop:
                          target: dev   # which one
                          outputs:
                            dev:
                              type: postgres
                              host: ""
                              port: ""
                              password: ""
                              schema: "{{ env_var('S') }}"
                              extensions: ["", ""]
                        """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p: {outputs: {a: {pass: s3cret, schema: x}}}",
                "p:\n  private_key: |\n    -----BEGIN\n    s3cret\n  schema: x\n",
                "p:\n  token: >-\n    s3cret\n\n    s3cret\n\n  schema: x\n",
                "p:\n  password: s3cret\n    and s3cret\n  schema: x\n",
                "p:\n  password: 's3cret\n\n    it''s s3cret' # why\n  schema: x\n",
                "p: {pass: &p s3cret, password: *p, schema: x}",
                "p: {pass: !!str s3cret, schema: x}",
                "p: {keyfile_json: {private_key: s3cret}, schema: x}",
                "s: &s {client_secret: s3cret}\np: {<<: *s, schema: x}",
                "\uFEFFp: {ä🎉: 🎉s3cret, schema: x}",
                "p:\n  password: {{ s3cret }}\n  schema: x\n",
                "p:\n  password: {{ a: [s3cret] }: s3cret}\n  schema: x\n",
                "p: {pass: s3cret, pass: s3cret, schema: x}"
            })
    void aSecretGoesInWhateverWayItIsWritten(String profiles) {
        String without = without(profiles);

        assertThat(without).doesNotContain("s3cret").contains("schema: x");
        assertThat(without.lines().count()).isEqualTo(profiles.lines().count());
        assertThat(
                        YamlValue.parse(
                                "profiles.yml",
                                without.getBytes(UTF_8),
                                YamlValue.verbatim(),
                                new Problems()))
                .isPresent();
        assertThat(without(without)).isEqualTo(without);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "p:\n  password: \"s3cret\n  schema: x\n",
                "p: [s3cret\n",
                "p:\n\tpassword: s3cret\n",
                "s3cret: [}"
            })
    void whatIsNoYamlKeepsItsMistakeAndNotItsSecrets(String broken) {
        String without = without(broken);
        Problems before = new Problems();
        Problems after = new Problems();
        YamlValue.parse("p.yml", broken.getBytes(UTF_8), YamlValue.verbatim(), before);
        YamlValue.parse("p.yml", without.getBytes(UTF_8), YamlValue.verbatim(), after);

        assertThat(without.replace("s3cret:", "")).doesNotContain("s3cret");
        assertThat(after.list())
                .singleElement()
                .extracting(Problem::position)
                .isEqualTo(before.list().getFirst().position());
    }

    @Test
    void aFileThatBarelyIsOneIsLeftAlone() {
        assertThat(without("")).isEmpty();
        assertThat(without("# nothing\n")).isEqualTo("# nothing\n");
        assertThat(without("p:\n  outputs:\n")).isEqualTo("p:\n  outputs:\n");
    }

    @Test
    void profilesAreFoundByTheirNameInAnyFolder() {
        assertThat(ProfileSecrets.mayStandIn("profiles.yml")).isTrue();
        assertThat(ProfileSecrets.mayStandIn("ci/profiles.yaml")).isTrue();
        assertThat(ProfileSecrets.mayStandIn("models/my_profiles.yml")).isFalse();
    }

    @Property(tries = 200)
    void anyBytesAreTaken(@ForAll byte[] content) {
        assertThat(ProfileSecrets.remove(content)).isNotNull();
    }

    private static String without(String profiles) {
        return new String(ProfileSecrets.remove(profiles.getBytes(UTF_8)), UTF_8);
    }
}
