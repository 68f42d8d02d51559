package dev.millrace.transform.model.profile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.Environment;
import dev.millrace.contracts.project.Problems;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

class ProfileReaderTest {

    private static final String SHOP =
            """
            shop:
              target: dev
              outputs:
                dev:
                  type: postgres
                  host: db.example.com
                  user: ada
                  password: "{{ env_var('DBT_ENV_SECRET_PASSWORD') }}"
                  port: "{{ env_var('PORT', '5433') | as_number }}"
                  dbname: shop
                  schema: "dev_{{ env_var('DEVELOPER', 'nobody') }}"
                  threads: 8
                  sslmode: require
                prod:
                  type: snowflake
                  account: "{{ env_var('ACCOUNT') }}"
                broken: {type: postgres, host: "{{ nothing }}"}
            """;

    @TempDir Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private final Problems problems = new Problems();
    private Path project;
    private Path home;

    @BeforeEach
    void makeAProject() throws IOException {
        project = Files.createDirectories(directory.resolve("project"));
        home = Files.createDirectories(directory.resolve("home"));
        Files.createDirectories(home.resolve(".dbt"));
        Files.writeString(project.resolve("dbt_project.yml"), "name: shop\nprofile: shop\n");
        Files.writeString(project.resolve("profiles.yml"), SHOP);
        environment.put("DBT_ENV_SECRET_PASSWORD", "s3cret");
    }

    private void profiles(String text) throws IOException {
        Files.writeString(project.resolve("profiles.yml"), text);
    }

    private Optional<Profile> read(ProfileRequest request) {
        return new ProfileReader(Environment.of(environment), Map.of(), problems).read(request);
    }

    private Optional<Profile> read() {
        return read(ProfileRequest.of(project, home));
    }

    private Profile valid() {
        Optional<Profile> profile = read();
        assertThat(problems.list()).isEmpty();
        return profile.orElseThrow();
    }

    private String problem() {
        assertThat(problems.list()).hasSize(1);
        return problems.list().getFirst().position() + " " + problems.list().getFirst().message();
    }

    @Test
    void theTargetIsTheOneThatTheProfileNames() {
        environment.put("DEVELOPER", "ada");
        Profile profile = valid();
        assertThat(profile.target().name()).isEqualTo("dev");
        assertThat(profile.target().profile()).isEqualTo("shop");
        assertThat(profile.target().database()).isEqualTo("shop");
        assertThat(profile.target().schema()).isEqualTo("dev_ada");
        assertThat(profile.target().threads()).isEqualTo(8);
        assertThat(profile.file()).isEqualTo(project.resolve("profiles.yml"));
    }

    @Test
    void theConnectionHasItsSettingsAndItsPassword() {
        WarehouseAccess access = valid().access();
        assertThat(access.url()).isEqualTo("jdbc:postgresql://db.example.com:5433/shop");
        assertThat(access.properties())
                .containsEntry("user", "ada")
                .containsEntry("password", "s3cret")
                .containsEntry("sslmode", "require")
                .containsEntry("connectTimeout", "10");
        assertThat(access.retries()).isEqualTo(1);
    }

    @Test
    void nobodyIsShownThePassword() {
        Profile profile = valid();
        assertThat(profile.toString()).doesNotContain("s3cret").contains("db.example.com");
        assertThat(profile.access().toString()).doesNotContain("s3cret");
        assertThat(profile.target().connection())
                .doesNotContainKeys("password", "pass")
                .containsEntry("host", "db.example.com")
                .containsEntry("port", 5433L);
    }

    @Test
    void whatIsMadeWithASecretIsNotForTemplates() throws IOException {
        environment.put("DBT_ENV_SECRET_USER", "hidden");
        profiles(SHOP.replace("user: ada", "user: \"{{ env_var('DBT_ENV_SECRET_USER') }}\""));
        Profile profile = valid();
        assertThat(profile.access().properties()).containsEntry("user", "hidden");
        assertThat(profile.target().connection()).doesNotContainKey("user");
    }

    @Test
    void onlyTheChosenOutputMustBeValid() {
        assertThat(read()).isPresent();
        assertThat(read(request("broken"))).isEmpty();
        assertThat(problem()).contains("profiles.yml:17:").contains("'nothing' is undefined");
    }

    private ProfileRequest request(String output) {
        return new ProfileRequest(project, home, null, null, output, 3);
    }

    @Test
    void anotherOutputAndMoreThreadsMayBeAskedFor() throws IOException {
        profiles(SHOP.replace("target: dev", "target: prod"));
        assertThat(read(request("dev")).orElseThrow().target().threads()).isEqualTo(3);
    }

    @Test
    void anotherDatabaseIsRefused() {
        environment.put("ACCOUNT", "x");
        assertThat(read(request("prod"))).isEmpty();
        assertThat(problem())
                .contains("profiles.yml:15:7")
                .contains("of the type 'snowflake'")
                .contains("choose it with --target");
    }

    @Test
    void anUnknownOutputIsToldWithThoseThatAreThere() {
        assertThat(read(request("test"))).isEmpty();
        assertThat(problem())
                .contains("profiles.yml:2:3")
                .contains("no output 'test'; it has: dev, prod, broken");
    }

    @Test
    void anUnknownProfileIsToldWithTheNearest() throws IOException {
        Files.writeString(project.resolve("dbt_project.yml"), "name: shop\nprofile: shp\n");
        assertThat(read()).isEmpty();
        assertThat(problem()).contains("no profile 'shp'").contains("'shop'");
    }

    @Test
    void aProjectMustNameItsProfile() throws IOException {
        Files.writeString(project.resolve("dbt_project.yml"), "name: shop\n");
        assertThat(read()).isEmpty();
        assertThat(problem()).contains("dbt_project.yml:1:1").contains("'profile' is required");
        assertThat(read(new ProfileRequest(project, home, null, "shop", null, null))).isPresent();
    }

    @Test
    void aMissingVariableIsToldAtItsPlace() {
        environment.clear();
        assertThat(read()).isEmpty();
        assertThat(problem())
                .contains("profiles.yml:8:")
                .contains("the environment variable DBT_ENV_SECRET_PASSWORD is not set");
    }

    @Test
    void aPasswordIsNotShownEvenWhereItIsWrong() throws IOException {
        environment.put("PLAIN", "hunter2");
        profiles(
                SHOP.replace(
                        "{{ env_var('DBT_ENV_SECRET_PASSWORD') }}",
                        "{{ env_var('PLAIN') | as_number }}"));
        assertThat(read()).isEmpty();
        assertThat(problem()).contains("profiles.yml:8:").doesNotContain("hunter2");
    }

    @Test
    void missingKeysAreToldAllAtOnce() throws IOException {
        profiles("shop: {outputs: {default: {type: postgres}}}");
        assertThat(read()).isEmpty();
        assertThat(problem()).contains("'dbname' is required in the output 'default'");
    }

    @Test
    void thePlacesAreTriedInTheirOrder() throws IOException {
        Path first = Files.createDirectories(directory.resolve("first"));
        Path second = Files.createDirectories(directory.resolve("second"));
        Files.writeString(first.resolve("profiles.yml"), SHOP);
        Files.writeString(second.resolve("profiles.yml"), SHOP);
        Files.writeString(home.resolve(".dbt/profiles.yml"), SHOP);
        environment.put("DBT_PROFILES_DIR", second.toString());
        assertThat(read(new ProfileRequest(project, home, first, null, null, null)))
                .map(Profile::file)
                .contains(first.resolve("profiles.yml"));
        assertThat(read()).map(Profile::file).contains(second.resolve("profiles.yml"));
        environment.remove("DBT_PROFILES_DIR");
        assertThat(read()).map(Profile::file).contains(project.resolve("profiles.yml"));
        Files.delete(project.resolve("profiles.yml"));
        assertThat(read()).map(Profile::file).contains(home.resolve(".dbt/profiles.yml"));
    }

    @Test
    void withoutTheFileThePlacesAreNamed() throws IOException {
        Files.delete(project.resolve("profiles.yml"));
        assertThat(read()).isEmpty();
        assertThat(problem())
                .contains(project.toString())
                .contains(home.resolve(".dbt").toString())
                .contains("--profiles-dir");
    }

    @Test
    void aliasesAndNumbersAsTextAreUnderstood() throws IOException {
        profiles(
                """
                shop:
                  outputs:
                    default: {type: postgres, host: '::1', user: a, pass: 'b c', port: '6000',
                              database: 'my db', schema: s, keepalives_idle: 5, retries: 3}
                """);
        WarehouseAccess access = valid().access();
        assertThat(access.url()).isEqualTo("jdbc:postgresql://[::1]:6000/my%20db");
        assertThat(access.properties())
                .containsEntry("password", "b c")
                .containsEntry("tcpKeepAlive", "true");
        assertThat(access.retries()).isEqualTo(3);
    }

    @Test
    void aHostThatWouldChangeTheUrlIsRefused() throws IOException {
        profiles(SHOP.replace("db.example.com", "db/other?ssl=false&x"));
        assertThat(read()).isEmpty();
        assertThat(problem()).contains("profiles.yml:6:7").contains("neither the name of a host");
    }

    @Test
    void aSocketIsRefused() throws IOException {
        profiles(SHOP.replace("db.example.com", "/var/run/postgresql"));
        assertThat(read()).isEmpty();
        assertThat(problem()).contains("sockets");
    }

    @Test
    void numbersOutOfTheirBoundsAreRefused() throws IOException {
        profiles(SHOP.replace("threads: 8", "threads: 0"));
        assertThat(read()).isEmpty();
        assertThat(problem()).contains("expected a number from 1 to 256");
    }

    @Test
    void whatIsNoYamlIsToldWithItsLine() throws IOException {
        profiles("shop:\n  outputs: [\n");
        assertThat(read()).isEmpty();
        assertThat(problem()).contains("profiles.yml:3:1").contains("not valid YAML");
    }
}
