package io.happo.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{oops",
        "{\"a\":1,}",
        "{\"a\":01}",
        "{\"a\":\"x\ny\"}",
        "{\"a\":}",
        "{\"a\":NaN}",
        "{'a':1}",
        "[1,,2]",
        "hello",
        "plugin_name=t_ok",
        "\uFEFF{}",
        "{\"a\":",
        "{\"a\":\"x"
      })
  void malformed_documents_are_told(String document) {
    assertThatThrownBy(() -> Json.parseObject(document.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(JsonException.class)
        .hasMessageStartingWith("not JSON: ")
        .hasMessageNotContaining("\n");
  }

  @Test
  void nesting_has_a_limit() {
    assertThatThrownBy(() -> Json.parse("[".repeat(100_000))).isInstanceOf(JsonException.class);
  }

  @Test
  void names_values_and_brackets_have_a_limit() throws JsonException {
    // Each pair is a document of 400,000 of them, and one of 400,001.
    var values = Json.parse("[" + "0,".repeat(399_997) + "0]");
    assertThat(((JsonValue.Array) values).values()).hasSize(399_998);
    assertTooManyParts("[" + "0,".repeat(399_998) + "0]");
    assertThat(object("{" + "\"a\":0,".repeat(199_998) + "\"b\":0}").members()).hasSize(199_999);
    assertTooManyParts("{" + "\"a\":0,".repeat(199_998) + "\"b\":[]}");
  }

  private static void assertTooManyParts(String document) {
    assertThatThrownBy(() -> Json.parse(document))
        .isInstanceOf(JsonException.class)
        .hasMessage(
            "not read: nested deeper than 100, or a number of more than 1000 characters,"
                + " or more than 400000 parts");
  }

  @Test
  void keys_match_in_any_letter_case_and_the_last_wins() throws JsonException {
    var json = object("{\"plugin_name\":\"a\",\"PLUGIN_NAME\":\"b\",\"other\":1}");
    assertThat(json.text("Plugin_Name")).isEqualTo("b");
  }

  @Test
  void what_follows_the_first_value_is_ignored() throws JsonException {
    assertThat(object("{\"a\":\"b\"} trailing").text("a")).isEqualTo("b");
    assertThat(object("{\"a\":\"b\"}{\"a\":\"c\"}").text("a")).isEqualTo("b");
  }

  @Test
  void nothing_and_null_are_an_object_without_members() throws JsonException {
    assertThat(object("").members()).isEmpty();
    assertThat(object("null").members()).isEmpty();
    assertThat(object("{\"a\":null}").text("a")).isEmpty();
  }

  @Test
  void a_wrong_type_is_told_with_its_place() {
    assertThatThrownBy(() -> object("\"t_ok\""))
        .hasMessage("the document is a string, expected an object");
    assertThatThrownBy(() -> object("{\"a\":5}").text("a"))
        .hasMessage("a is a number, expected a string");
    assertThatThrownBy(() -> object("{}").requiredText("a"))
        .hasMessage("a is missing: a string is required");
    assertThatThrownBy(() -> object("{\"c\":{\"m\":[{},5]}}").requiredObject("c").objects("m"))
        .hasMessage("c.m[1] is a number, expected an object");
    assertThatThrownBy(() -> object("{\"n\":1.5}").requiredLong("n"))
        .hasMessage("n is 1.5, expected a whole number of 64 bits");
  }

  @Test
  void text_is_written_as_go_writes_it() {
    var json =
        new JsonWriter()
            .beginObject()
            .member("m", "<b>\"A&B\"</b> \\ / \t\r\n\b\f\u0007\u001b\u007f\u2028日😀")
            .key("n")
            .beginArray()
            .value(1)
            .value(true)
            .nullValue()
            .endArray()
            .endObject();
    assertThat(json.toString())
        .isEqualTo(
            "{\"m\":\"\\u003cb\\u003e\\\"A\\u0026B\\\"\\u003c/b\\u003e \\\\ /"
                + " \\t\\r\\n\\u0008\\u000c\\u0007\\u001b\u007f\\u2028日😀\",\"n\":[1,true,null]}");
  }

  @Test
  void
      bytes_that_are_no_utf8_are_written_as_escapes_and_real_replacement_characters_as_themselves() {
    byte[] bytes = {
      'a', (byte) 0xE9, (byte) 0xE3, (byte) 0x81, ' ', (byte) 0xEF, (byte) 0xBF, (byte) 0xBD
    };
    assertThat(new JsonWriter().value(Utf8.decodeForJson(bytes)).toString())
        .isEqualTo("\"a\\ufffd\\ufffd\\ufffd \uFFFD\"");
    assertThat(Utf8.decode(bytes)).isEqualTo("a\uFFFD\uFFFD\uFFFD \uFFFD");
  }

  @Test
  void well_formed_utf8_is_read_as_the_jdk_reads_it() {
    var text = "\u0000aé日\uD7FF\uE000\uFFFD😀\uDBFF\uDFFF";
    assertThat(Utf8.decode(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
  }

  @Test
  void overlong_forms_surrogates_and_too_large_points_are_no_utf8() {
    assertThat(Utf8.decode(new byte[] {(byte) 0xC0, (byte) 0x80})).isEqualTo("\uFFFD\uFFFD");
    assertThat(Utf8.decode(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}))
        .isEqualTo("\uFFFD\uFFFD\uFFFD");
    assertThat(Utf8.decode(new byte[] {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80}))
        .isEqualTo("\uFFFD\uFFFD\uFFFD\uFFFD");
  }

  private static JsonObject object(String document) throws JsonException {
    return Json.parseObject(document.getBytes(StandardCharsets.UTF_8));
  }
}
