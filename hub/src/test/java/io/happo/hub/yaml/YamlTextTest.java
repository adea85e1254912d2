package io.happo.hub.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.core.Json;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlTextTest {
  private static final List<String> NASTY =
      List.of(
          "",
          "yes",
          "No",
          "null",
          "~",
          "true",
          "1",
          "-1",
          "1e3",
          "1.10",
          "1.",
          ".5",
          ".inf",
          "0x1f",
          "017",
          "1_000",
          "12:30",
          "2026-11-28",
          "10.0.0.1",
          " leading",
          "trailing ",
          "\ttab",
          "a\tb",
          "a: b",
          "a:b",
          "a:",
          ":",
          "a #b",
          "a#b",
          "#",
          "-",
          "- a",
          "--a",
          "---",
          "--- a",
          "...",
          "?",
          "? a",
          "[",
          "]",
          "{{tags.load|5}}",
          "a,b",
          "*",
          "&a",
          "!a",
          "|",
          ">",
          "%",
          "@",
          "`",
          "'",
          "''",
          "\"",
          "it's",
          "say \"it's\"",
          "\\",
          "\\n",
          "<<",
          "=",
          "a\nb",
          "a\nb\n",
          "a\n\n",
          "a\n\n\n",
          "\n",
          "\n\n",
          " \n ",
          "\na",
          "\n\n  a\n",
          " a\nb",
          "a\n b\n",
          "a \n\tb \n",
          "a\n ",
          "a\n  \n",
          "a\n  \nb",
          "\ta\nb",
          "a\n\tb\n\t",
          "---\na\n...\n",
          "# a\nb: c\n",
          "a\r\nb",
          "\r",
          "\0",
          "\u0007",
          "\u007f",
          "\u0085",
          "\u00a0",
          "\u2028",
          "a\u2028b\nc",
          "\ufeffa",
          "\ufffe",
          "äöü €",
          "日本",
          "\uD83D\uDE00",
          "\uD83D\uDE00\nx\n",
          "\uD83D",
          "${HOME}",
          "a\\\nb",
          "#!/bin/sh\nif true; then\n\techo \"$1: it's\" # x  \nfi\n\nexit 0\n",
          "x".repeat(5_000));

  private static JsonValue object(String key, JsonValue value) {
    return new JsonObject(List.of(Map.entry(key, value)), "");
  }

  private static void comesBack(JsonValue value) throws BadYamlException {
    var text = YamlText.write(value);
    assertThat(YamlText.read("x", text)).as(text).isEqualTo(value);
  }

  @Test
  void every_text_comes_back_wherever_it_stands() throws Exception {
    for (var one : NASTY) {
      var text = new JsonValue.Text(one);
      comesBack(text);
      comesBack(object("a", text));
      comesBack(object(one, text));
      comesBack(object(one, object(one, new JsonValue.Array(List.of(text, text)))));
      comesBack(new JsonValue.Array(List.of(text, object(one, text), text)));
      comesBack(
          new JsonValue.Array(
              List.of(new JsonValue.Array(List.of(text, text)), object("a", object("b", text)))));
    }
  }

  @Test
  void texts_made_of_nasty_parts_come_back() throws Exception {
    var random = new Random(1);
    var parts =
        List.of(" ", "\n", "\t", "a", "-", ":", "#", "'", "\"", "\\", "\u2028", "é", "1", "|");
    for (int i = 0; i < 20_000; i++) {
      var text = new StringBuilder();
      for (int length = random.nextInt(9); length >= 0; length--) {
        text.append(parts.get(random.nextInt(parts.size())));
      }
      var one = new JsonValue.Text(text.toString());
      comesBack(object(text.toString(), new JsonValue.Array(List.of(one, object("b", one), one))));
    }
  }

  @Test
  void every_kind_of_value_comes_back() throws Exception {
    for (var json :
        List.of(
            "null",
            "true",
            "12",
            "-0",
            "1.10",
            "1E+5",
            "1e400",
            "[]",
            "{}",
            "[[]]",
            "[{}]",
            "{\"a\":{}}",
            "{\"a\":null,\"b\":[null,null],\"c\":[]}",
            "[[1,[2,3]],[{\"a\":[{\"b\":1,\"c\":2}]}],false]",
            "{\"z\":1,\"a\":2,\"2.50\":3,\"null\":4,\"true\":5}")) {
      comesBack(Json.parse(json));
    }
  }

  @Test
  void a_plan_looks_as_people_write_it() throws Exception {
    var plan =
        Json.parse(
            """
            {"checks": [{"name": "load", "plugin": "check_load -w {{tags.load|5}} -c 10", "every": "1m"},
              {"name": "backup", "script": "backup.sh", "arguments": ["--max-hours", 26, "{{tags.x}}"],
               "cron": "30 6 * * *", "quiet": true, "for": {"tags": {"role": ["db", "on"]}}, "env": {}}],
             "scripts": {"backup.sh": "#!/bin/sh\\n\\tdate  \\n\\nexit 0\\n", "cut": "#!/bin/sh\\nexit 0"}}
            """);
    assertThat(YamlText.write(plan))
        .isEqualTo(
            """
            checks:
              - name: load
                plugin: check_load -w {{tags.load|5}} -c 10
                every: 1m
              - name: backup
                script: backup.sh
                arguments:
                  - --max-hours
                  - 26
                  - "{{tags.x}}"
                cron: 30 6 * * *
                quiet: true
                for:
                  tags:
                    role:
                      - db
                      - "on"
                env: {}
            scripts:
              backup.sh: |
                #!/bin/sh
                \tdate \s

                exit 0
              cut: |-
                #!/bin/sh
                exit 0
            """);
  }

  @Test
  void of_members_of_one_name_the_first_is_written_which_is_the_one_that_counts() throws Exception {
    assertThat(YamlText.write(Json.parse("{\"a\":1,\"a\":2}"))).isEqualTo("a: 1\n");
  }

  @Test
  void numbers_stay_as_they_were_written_and_what_json_has_not_is_a_text() throws Exception {
    assertThat(YamlText.read("x", "[1.10, 1e3, 1., .inf, yes, 012]"))
        .isEqualTo(Json.parse("[1.10, 1e3, \"1.\", \".inf\", \"yes\", \"012\"]"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a: [                  | web.yaml, line 1: is not YAML as it should be",
        "a: 1~b: 2~a: 3        | line 3: is not YAML as it should be (found duplicate key a)",
        "a:~\tb: 1             | line 2: is not YAML as it should be",
        "a: b: c               | needs quotes",
        "a: 1~---~b: 2         | found another document",
        "a: !odd x             | could not determine a constructor for the tag !odd",
        "a: !!binary aGVsbG8=  | web.yaml: holds a byte[]",
        "a: &x [*x]            | web.yaml: is nested deeper than 100",
      })
  void a_mistake_is_told_with_its_place(String text, String told) {
    assertThatThrownBy(() -> YamlText.read("web.yaml", text.replace('~', '\n')))
        .isInstanceOf(BadYamlException.class)
        .hasMessageContaining(told);
  }

  @Test
  void what_would_take_too_much_memory_or_stack_is_refused() {
    var lines = new ArrayList<String>();
    lines.add("a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]");
    for (int i = 1; i < 9; i++) {
      var one = "*a" + (i - 1);
      lines.add("a" + i + ": &a" + i + " [" + (one + ", ").repeat(5) + one + "]");
    }
    assertThatThrownBy(() -> YamlText.read("x", String.join("\n", lines)))
        .hasMessage("x: holds more than 400000 values");
    assertThatThrownBy(() -> YamlText.read("x", "[".repeat(1_000_000)))
        .hasMessage("x: is nested deeper than 100");
  }
}
