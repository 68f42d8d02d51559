package dev.millrace.contracts.project.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contracts.project.InvalidProjectException;
import dev.millrace.contracts.project.ProjectLoader.Kind;
import dev.millrace.contracts.project.WrittenProject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.Objects;

class ContractFilesTest {

    private static final String HEAD =
            "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\n";

    private static WrittenProject project(String contract, String stream) {
        return WrittenProject.of(
                        "sources/s.yml",
                        "sources: [{name: s, type: kafka, streams: [{name: click, topic: t%s}]}]"
                                .formatted(stream))
                .with("contracts/c.yaml", contract)
                .readBy(Kind.SOURCES);
    }

    private static WrittenProject bound(String contract) {
        return project(contract, ", contract: contracts/c.yaml");
    }

    private static String property(String keys) {
        return HEAD + "schema: [{name: click, properties: [{name: v, " + keys + "}]}]";
    }

    private static BoundContract contract(WrittenProject project) throws InvalidProjectException {
        return Objects.requireNonNull(
                project.load().sources().getFirst().streams().getFirst().contract());
    }

    private static List<Rule> rules(String keys) throws InvalidProjectException {
        return contract(bound(property(keys))).object().properties().getFirst().rules();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {name: v, logicalTyp: string}                | 33: unknown key 'logicalTyp'; did you mean 'logicalType'?
                    {name: v, logicalType: text}                 | 46: 'text' is not one of string, date, timestamp, time, number, integer, object, array, boolean
                    {name: v, required: 5}                       | 43: expected true or false
                    {logicalType: string}                        | 23: the key 'name' is required here
                    {name: v, description: 5}                    | 46: expected text; quote it
                    {name: v, description: }                     | 46: expected text, found nothing; leave the key out
                    {name: v, logicalTypeOptions: {minimum: 1}}  | 54: unknown key 'minimum'
                    {name: v, logicalType: string, logicalTypeOptions: {minLenght: 1}} | 75: unknown key 'minLenght'; did you mean 'minLength'?
                    {name: v, logicalType: string, logicalTypeOptions: {minLength: -1}} | 86: expected a whole number that is not negative
                    {name: v, logicalType: string, logicalTypeOptions: {pattern: "["}} | 75: '[' is no regular expression
                    {name: v, logicalType: number, logicalTypeOptions: {multipleOf: 0}} | 87: expected a number above 0
                    {name: v, logicalType: date, logicalTypeOptions: {format: bad}} | 73: 'bad' is no pattern of dates and times
                    {name: v, logicalType: date, logicalTypeOptions: {format: yyyy}} | 73: 'yyyy' does not make a date of what it reads
                    {name: v, logicalType: timestamp, logicalTypeOptions: {defaultTimezone: Mars}} | 78: 'Mars' is no time zone, such as Europe/Berlin or UTC
                    {name: v, quality: [{metric: nullValue, mustBe: 0}]} | 52: 'nullValue' is not one of nullValues
                    {name: v, quality: [{metric: nullValues}]}   | 43: a check has one of mustBe
                    {name: v, quality: [{metric: nullValues, mustBe: 0, mustNotBe: 1}]} | 43: a check has one of mustBe
                    {name: v, quality: [{type: sql, mustBe: 0}]} | 43: the key 'query' is required here
                    {name: v, relationships: [{to: there}]}      | 54: expected a property, as in table.column
                    {name: v}, {name: v}                         | 41: there is another property 'v' in line 6; names are unique
                    """)
    void aMistakeIsToldWithItsPlaceAndWhatToWrite(String properties, String mistake) {
        String contract = HEAD + "schema: [{name: a, properties: [" + properties + "]}]";
        String place = "contracts/c.yaml:6:";

        assertThat(project(contract, "").mistakes())
                .anySatisfy(found -> assertThat(found).contains(mistake.replaceFirst("^\\d+", "")))
                .allSatisfy(found -> assertThat(found).startsWith(place));
    }

    @Test
    void aMistakeIsToldAtItsColumn() {
        assertThat(project(HEAD + "schema:\n  - nam: click\n", "").mistakes())
                .containsExactly(
                        "contracts/c.yaml:7:5: the key 'name' is required here",
                        "contracts/c.yaml:7:5: unknown key 'nam'; did you mean 'name'?");
    }

    @Test
    void aContractOfTheSecondVersionIsRefusedWithOneMessage() {
        assertThat(project("apiVersion: v2.2.1\nkind: DataContract\ndataset: []\n", "").mistakes())
                .singleElement()
                .asString()
                .startsWith("contracts/c.yaml:1:1: contracts of ODCS 2 are not read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0"})
    void theVersionsOfTheThirdAreRead(String version) {
        assertThat(project(HEAD.replace("v3.1.0", version), "").mistakes()).isEmpty();
    }

    @Test
    void aStreamNamesItsContractByItsPath() throws InvalidProjectException {
        BoundContract bound = contract(bound(property("logicalType: date")));

        assertThat(bound.contract().version()).isEqualTo("1.0.0");
        assertThat(bound.object().properties())
                .singleElement()
                .extracting(Property::name, Property::type)
                .containsExactly("v", LogicalType.DATE);
        assertThat(project(property("required: true"), "").load().contracts()).hasSize(1);
    }

    @Test
    void theObjectIsTheOneOfTheStreamsNameOrElseTheOnlyOne() throws InvalidProjectException {
        assertThat(
                        contract(
                                        bound(
                                                HEAD
                                                        + "schema: [{name: a}, {name: b,"
                                                        + " physicalName: click}]"))
                                .object()
                                .name())
                .isEqualTo("b");
        assertThat(contract(bound(HEAD + "schema: [{name: a}]")).object().name()).isEqualTo("a");
        assertThat(bound(HEAD + "schema: [{name: a}, {name: clik}]").mistakes())
                .containsExactly(
                        "sources/s.yml:1:68: 'contracts/c.yaml' has no object named 'click', but a,"
                                + " clik; did you mean 'clik'?");
        assertThat(bound(HEAD).mistakes())
                .containsExactly(
                        "sources/s.yml:1:68: 'contracts/c.yaml' has no schema that could describe"
                                + " the stream 'click'");
    }

    @Test
    void aContractThatIsNotThereIsTold() {
        assertThat(project(HEAD, ", contract: contracts/d.yaml").mistakes())
                .containsExactly(
                        "sources/s.yml:1:68: there is no file 'contracts/d.yaml'; a contract is"
                                + " named by its path, which begins with contracts/; did you mean"
                                + " 'contracts/c.yaml'?");
    }

    @Test
    void aContractWithMistakesIsToldOnce() {
        assertThat(bound(HEAD + "colour: red").mistakes()).hasSize(1);
    }

    @Test
    void variablesAreFilledInAndWhatQueriesCallTheTableIsLeftAlone()
            throws InvalidProjectException {
        WrittenProject project =
                bound(
                        property(
                                "classification: \"${CLASS}\", quality: [{type: sql, mustBe: 0,"
                                        + " query: \"select ${column} from ${table}\"}]"));

        assertThat(project.mistakes())
                .singleElement()
                .asString()
                .contains("the environment variable CLASS is not set");
        assertThat(
                        contract(project.in(Map.of("CLASS", "secret")))
                                .object()
                                .properties()
                                .getFirst()
                                .classification())
                .isEqualTo("secret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    required: true                                          | required
                    `logicalType: string, logicalTypeOptions: {minLength: 1, pattern: a+}` | minLength 1, pattern a+
                    `quality: [{metric: nullValues, mustBe: 0}]`            | nullValues
                    `quality: [{metric: nullValues, mustBeLessThan: 1}]`    | nullValues
                    `quality: [{metric: nullValues, mustBeLessOrEqualTo: 0, unit: percent}]` | nullValues
                    `quality: [{metric: missingValues, mustBe: 0}]`         | missingValues, missingValues
                    `quality: [{metric: duplicateValues, mustBe: 0}]`       | duplicateValues
                    `logicalType: integer, logicalTypeOptions: {format: i8}` | format i8, format i8
                    """)
    void whatHoldsForEachRowIsARule(String keys, String texts) throws InvalidProjectException {
        assertThat(rules(keys).stream().map(Rule::text).toList().toString())
                .isEqualTo("[" + texts + "]");
        assertThat(bound(property(keys)).warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    `quality: [{metric: nullValues, mustBeLessThan: 5}]`                | v: nullValues is not enforced: it allows for some rows, which only a check of the table can count
                    `quality: [{metric: nullValues, mustBeLessThan: 1, unit: percent}]` | v: nullValues is not enforced: it allows for some rows, which only a check of the table can count
                    `quality: [{metric: nullValues, mustBe: 0, severity: warning}]`     | v: nullValues is not enforced: its severity is warning, and only errors keep rows out
                    `quality: [{metric: rowCount, mustBeGreaterThan: 1}]`               | v: rowCount is not enforced: it counts the rows of the table
                    `quality: [{metric: invalidValues, mustBe: 0}]`                     | v: invalidValues is not enforced: it names neither validValues nor a pattern
                    `quality: [{type: sql, query: select 1, mustBe: 1}]`                | v: the check of type sql is not enforced: a query says something of the table and not of a row
                    `quality: [{type: custom, engine: soda, implementation: x}]`        | v: the check of type custom is not enforced: it is written for another engine, soda
                    `quality: [{type: text, description: nice}]`                        | v: the check of type text is not enforced: it is written for people
                    `relationships: [{to: a.b}]`                                        | v: the relationship is not enforced: the row that it points to may land later
                    `logicalType: string, logicalTypeOptions: {format: phone}`          | v: format phone is not enforced: there is no check for a format of this name
                    `logicalType: string, logicalTypeOptions: {pattern: "(?=a)b"}`      | v: pattern (?=a)b is not enforced: expressions are RE2's, without look-around, back references, or more than 1,000 characters or repetitions
                    `logicalType: date, logicalTypeOptions: {minimum: soon}`            | v: minimum soon is not enforced: it is not written in the property's format, nor by ISO 8601
                    `logicalType: array, items: {unique: true}`                         | v[]: unique is not enforced: what is within an array has no column of its own
                    """)
    void whatNoRowCanBeHeldToIsAWarningOfABoundContract(String keys, String warning)
            throws InvalidProjectException {
        assertThat(bound(property(keys)).warnings())
                .singleElement()
                .asString()
                .startsWith("contracts/c.yaml:6:")
                .endsWith(": " + warning);
        assertThat(project(property(keys), "").warnings()).isEmpty();
    }

    @Test
    void serviceLevelsAndChecksOfTheTableAreWarnings() throws InvalidProjectException {
        assertThat(
                        bound(
                                        HEAD
                                                + """
                                                slaProperties:
                                                  - {property: latency, value: 1, unit: h}
                                                schema:
                                                  - name: click
                                                    properties: [{name: v}]
                                                    quality:
                                                      - {metric: duplicateValues, mustBe: 0, arguments: {properties: [v, w]}}
                                                      - {metric: rowCount, mustBeGreaterThan: 1}
                                                """)
                                .warnings())
                .containsExactly(
                        "contracts/c.yaml:7:5: the service level latency is not enforced: it says"
                                + " something of time and not of a row",
                        "contracts/c.yaml:12:9: duplicateValues is not enforced: its arguments do"
                                + " not name properties of the object",
                        "contracts/c.yaml:13:9: rowCount is not enforced: it counts the rows of the"
                                + " table");
    }

    @Test
    void aRetiredContractIsStillKeptAndWarnedOf() throws InvalidProjectException {
        assertThat(bound(property("required: true").replace("active", "retired")).warnings())
                .containsExactly(
                        "contracts/c.yaml:5:1: the contract is retired, and the stream 'click' is"
                                + " still held to it");
    }
}
