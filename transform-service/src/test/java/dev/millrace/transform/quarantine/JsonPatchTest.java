package dev.millrace.transform.quarantine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;

class JsonPatchTest {

    private static JsonNode json(String text) throws NoJsonException {
        return ExactJson.read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String patched(String value, String patch) throws Exception {
        return ExactJson.text(JsonPatch.parse(patch).apply(json(value)));
    }

    /** The examples of RFC 6902, appendix A, and of RFC 6901. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"foo":"bar"} | [{"op":"add","path":"/baz","value":"qux"}] | {"foo":"bar","baz":"qux"}
                    {"foo":["bar","baz"]} | [{"op":"add","path":"/foo/1","value":"qux"}] | {"foo":["bar","qux","baz"]}
                    {"baz":"qux","foo":"bar"} | [{"op":"remove","path":"/baz"}] | {"foo":"bar"}
                    {"foo":["bar","qux","baz"]} | [{"op":"remove","path":"/foo/1"}] | {"foo":["bar","baz"]}
                    {"baz":"qux","foo":"bar"} | [{"op":"replace","path":"/baz","value":"boo"}] | {"baz":"boo","foo":"bar"}
                    {"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}} | [{"op":"move","from":"/foo/waldo","path":"/qux/thud"}] | {"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}
                    {"foo":["all","grass","cows","eat"]} | [{"op":"move","from":"/foo/1","path":"/foo/3"}] | {"foo":["all","cows","eat","grass"]}
                    {"baz":"qux","foo":["a",2,"c"]} | [{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}] | {"baz":"qux","foo":["a",2,"c"]}
                    {"foo":"bar"} | [{"op":"add","path":"/child","value":{"grandchild":{}}}] | {"foo":"bar","child":{"grandchild":{}}}
                    {"foo":"bar"} | [{"op":"add","path":"/baz","value":"qux","xyz":123}] | {"foo":"bar","baz":"qux"}
                    {"/":9,"~1":10} | [{"op":"test","path":"/~01","value":10}] | {"/":9,"~1":10}
                    {"foo":["bar"]} | [{"op":"add","path":"/foo/-","value":["abc","def"]}] | {"foo":["bar",["abc","def"]]}
                    {"":1} | [{"op":"replace","path":"/","value":null}] | {"":null}
                    {"a":1} | [{"op":"replace","path":"","value":[1]}] | [1]
                    {"a":{"b":1}} | [{"op":"copy","from":"/a","path":"/c"},{"op":"remove","path":"/a/b"}] | {"a":{},"c":{"b":1}}
                    {"a":1} | [{"op":"move","from":"/a","path":"/a"}] | {"a":1}
                    {"a":1} | [] | {"a":1}
                    {"a":[1.0,{"b":1e2,"c":null}]} | [{"op":"test","path":"/a","value":[1,{"c":null,"b":100}]}] | {"a":[1.0,{"b":1e2,"c":null}]}
                    """)
    void itDoesWhatTheRfcSays(String value, String patch, String result) throws Exception {
        assertThat(patched(value, patch)).isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"baz":"qux"} | [{"op":"test","path":"/baz","value":"bar"}] | another value is there
                    {"foo":"bar"} | [{"op":"add","path":"/baz/bat","value":"qux"}] | nothing at /baz/bat
                    {"/":9,"~1":10} | [{"op":"test","path":"/~01","value":"10"}] | another value
                    {"a":[1]} | [{"op":"remove","path":"/a/-"}] | nothing at /a/-
                    {"a":[1]} | [{"op":"replace","path":"/a/01","value":2}] | nothing at /a/01
                    {"a":[1]} | [{"op":"add","path":"/a/2","value":2}] | nothing at /a/2
                    {"a":1} | [{"op":"remove","path":"/b"}] | operation 1 (remove /b)
                    {"a":1} | [{"op":"replace","path":"/b","value":1}] | nothing at /b
                    {"a":1} | [{"op":"remove","path":""}] | cannot be removed
                    {"a":1} | [{"op":"copy","from":"/b","path":"/c"}] | nothing at /b
                    {"a":1} | [{"op":"add","path":"/a/b","value":1}] | nothing at /a/b
                    """)
    void whatDoesNotGoWithTheValueIsTold(String value, String patch, String wrong) {
        assertThatThrownBy(() -> patched(value, patch))
                .isInstanceOf(PatchFailedException.class)
                .hasMessageContaining(wrong);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"op":"add"} | array of at most 1000 operations
                    [{"op":"spam","path":""}] | is one of add, remove, replace
                    [{"op":"add","path":"/a"}] | operation 1: add needs a
                    [{"op":"remove"}] | is a text
                    [{"op":"remove","path":"a"}] | no JSON Pointer
                    [{"op":"remove","path":"/~2"}] | no JSON Pointer
                    [{"op":"copy","path":"/a"}] | is a text
                    [{"op":"move","from":"/a","path":"/a/b"}] | lies within it
                    [1] | it is no object
                    [ | no JSON
                    """)
    void whatIsNoPatchIsToldWhenItIsRead(String patch, String wrong) {
        assertThatThrownBy(() -> JsonPatch.parse(patch))
                .isInstanceOf(InvalidPatchException.class)
                .hasMessageContaining(wrong);
    }

    @Test
    void aPatchThatDoublesAValueAgainAndAgainIsStopped() {
        String copies =
                "{\"op\":\"copy\",\"from\":\"\",\"path\":\"/a\"},".repeat(900)
                        + "{\"op\":\"test\",\"path\":\"\",\"value\":1}";
        assertThatThrownBy(() -> patched("{\"b\":[1,2,3]}", "[" + copies + "]"))
                .isInstanceOf(PatchFailedException.class);
        String texts =
                "{\"op\":\"copy\",\"from\":\"/b\",\"path\":\"/a\"},".repeat(900)
                        + "{\"op\":\"test\",\"path\":\"\",\"value\":1}";
        assertThatThrownBy(
                        () -> patched("{\"b\":\"" + "x".repeat(10_000) + "\"}", "[" + texts + "]"))
                .isInstanceOf(PatchFailedException.class)
                .hasMessageContaining("grows without bounds");
        String wide =
                "{\"op\":\"copy\",\"from\":\"\",\"path\":\"/-\"},".repeat(40)
                        + "{\"op\":\"test\",\"path\":\"\",\"value\":1}";
        assertThatThrownBy(() -> patched("[1,2,3]", "[" + wide + "]"))
                .isInstanceOf(PatchFailedException.class)
                .hasMessageContaining("grows without bounds");
    }

    @Test
    void numbersAndHalvesOfSurrogatePairsStayAsTheyAreSpelled() throws Exception {
        String value =
                "{\"a\":1.10,\"b\":1e400000,\"c\":-0,\"d\":12345678901234567890123,\"e\":\"\\uD800\"}";
        assertThat(patched(value, "[{\"op\":\"add\",\"path\":\"/f\",\"value\":0.100E+2}]"))
                .isEqualTo(value.substring(0, value.length() - 1) + ",\"f\":0.100E+2}");
    }

    @Property(tries = 300)
    void whatIsAddedIsThereAndGoesAgain(
            @ForAll("values") String value, @ForAll String key, @ForAll("values") String added)
            throws Exception {
        ObjectNode root = (ObjectNode) json("{}");
        root.set("before", json(value));
        String name = "k" + key;
        String path = "/" + name.replace("~", "~0").replace("/", "~1");
        ObjectNode step = root.objectNode();
        step.put("op", "add").put("path", path).set("value", json(added));
        ObjectNode test = step.deepCopy();
        test.put("op", "test");
        ObjectNode remove = root.objectNode().put("op", "remove").put("path", path);
        String before = ExactJson.text(root);

        JsonNode with = JsonPatch.of(root.arrayNode().add(step).add(test)).apply(root.deepCopy());
        assertThat(ExactJson.text(with.get(name))).isEqualTo(ExactJson.text(json(added)));
        assertThat(ExactJson.text(JsonPatch.of(root.arrayNode().add(remove)).apply(with)))
                .isEqualTo(before);
    }

    @Property(tries = 300)
    void whatIsReadIsWrittenAsItWas(@ForAll("values") String value) throws Exception {
        assertThat(ExactJson.text(json(value))).isEqualTo(value);
        assertThat(ExactJson.same(json(value), json(value))).isTrue();
    }

    @Provide
    Arbitrary<String> values() {
        Arbitrary<String> scalars =
                Arbitraries.of(
                        "1",
                        "1.0",
                        "1.10",
                        "-0",
                        "1E5",
                        "1e-400000",
                        "true",
                        "false",
                        "null",
                        "\"\"",
                        "\"a/b~c\"",
                        "\"\\u00FC\"",
                        "123456789012345678901234567890.5");
        return Arbitraries.recursive(
                () -> scalars,
                inner ->
                        Arbitraries.oneOf(
                                inner.list().ofMaxSize(3).map(l -> "[" + String.join(",", l) + "]"),
                                inner.list().ofMaxSize(3).map(JsonPatchTest::object)),
                0,
                3);
    }

    private static String object(java.util.List<String> values) {
        StringBuilder object = new StringBuilder("{");
        for (int i = 0; i < values.size(); i++) {
            object.append(i == 0 ? "" : ",")
                    .append("\"m")
                    .append(i)
                    .append("\":")
                    .append(values.get(i));
        }
        return object.append('}').toString();
    }
}
