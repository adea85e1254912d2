package io.happo.hub.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputKindTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "url    | ftp://x/              | is no URL of http or https",
        "url    | https://ada:pw@x/     | holds a user",
        "url    | http://example.com/   | is http:// to another machine",
        "url    | http://127.example/   | is http:// to another machine",
        "url    | http://10.0.0.1/      | is http:// to another machine",
        "labels | site                  | expected NAME=VALUE",
        "labels | agent=x               | which is no name of a label",
        "labels | a-b=x                 | which is no name of a label",
        "header | Authorization: x      | is set by other means",
        "header | nothing               | is not NAME: VALUE",
        "user   | a:b                   | which no user may",
        "from   | middle                | expected one of end, beginning",
        "chekcs | disk                  | did you mean 'checks'?"
      })
  void what_is_wrong_with_a_setting_is_told(String name, String value, String problem) {
    var settings = new HashMap<>(Map.of("url", "https://x/"));
    settings.put(name, value);
    assertThat(OutputKind.REMOTE_WRITE.problems(settings))
        .singleElement()
        .asString()
        .contains(problem);
  }

  @ParameterizedTest
  @CsvSource({
    "https://example.com/, no",
    "http://localhost:9090/, no",
    "http://127.0.0.1:9090/, no",
    "http://[::1]:9090/, no",
    "http://example.com/, yes"
  })
  void encryption_is_needed_to_other_machines_unless_it_is_said_otherwise(
      String url, String allowHttp) {
    assertThat(OutputKind.OTLP.problems(Map.of("url", url, "allow-http", allowHttp))).isEmpty();
  }

  @Test
  void each_kind_has_its_own_settings() {
    assertThat(OutputKind.GRAPHITE.problems(Map.of("server", "carbon.example:2003"))).isEmpty();
    assertThat(OutputKind.GRAPHITE.problems(Map.of("url", "https://x/")))
        .anyMatch(problem -> problem.startsWith("url: is not known here"))
        .anyMatch(problem -> problem.startsWith("server: is missing"));
    assertThat(
            OutputKind.REMOTE_WRITE.problems(
                Map.of("url", "https://x/", "token", "t", "user", "u")))
        .singleElement()
        .asString()
        .contains("one of them");
    for (var kind : OutputKind.values()) {
      assertThat(OutputKind.of(kind.word())).contains(kind);
    }
  }
}
