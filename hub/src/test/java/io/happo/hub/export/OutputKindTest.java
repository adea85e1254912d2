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
        "url    | https://x:0/          | has the port 0, expected one from 1 to 65535",
        "url    | https://x:65536/      | has the port 65536, expected one from 1 to 65535",
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

  @ParameterizedTest
  @CsvSource({
    "deployment.environment=prod, true",
    "agent=x, true",
    "service.name=x, false",
    "happo.agent=x, false",
    "host.name=x, false",
    "=x, false",
    "site, false"
  })
  void labels_for_otlp_are_all_names_that_a_resource_has_not_already(String labels, boolean may) {
    assertThat(OutputKind.OTLP.problems(Map.of("url", "https://x/", "labels", labels)).isEmpty())
        .isEqualTo(may);
  }

  @ParameterizedTest
  @CsvSource({
    "carbon.example, true",
    "carbon.example:1, true",
    "carbon.example:65535, true",
    "[::1], true",
    "[::1]:2003, true",
    "carbon.example:0, false",
    "carbon.example:65536, false",
    "carbon.example:99999, false",
    "[::1]:99999, false",
    "carbon.example:, false",
    "a b:2003, false"
  })
  void a_server_of_graphite_has_a_port_that_there_can_be(String server, boolean can) {
    assertThat(OutputKind.GRAPHITE.problems(Map.of("server", server)).isEmpty()).isEqualTo(can);
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
    assertThat(
            OutputKind.REMOTE_WRITE.problems(Map.of("url", "https://x/", "token", "", "user", "u")))
        .isEmpty();
    for (var kind : OutputKind.values()) {
      assertThat(OutputKind.of(kind.word())).contains(kind);
    }
  }
}
