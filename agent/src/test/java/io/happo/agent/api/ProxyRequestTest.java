package io.happo.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.core.Json;
import io.happo.core.JsonException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyRequestTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:17701, https://127.0.0.1:17701/monitor",
    "web-01, https://web-01:6777/monitor",
    "web_01, https://web_01:6777/monitor",
    "web-01:, https://web-01:6777/monitor",
    "web-01:abc, https://web-01:6777/monitor",
    "u@127.0.0.1:1, https://127.0.0.1:1/monitor",
    "[::1]:17701, https://[::1]:17701/monitor",
    "[::1], https://[::1]:6777/monitor",
    "::1, https://[::1]:6777/monitor",
    "h:0, https://h:0/monitor",
  })
  void a_hop_is_read_as_the_original_reads_it(String hop, String uri) {
    assertThat(Hop.parse(hop).uri("monitor")).hasToString(uri);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":6777", "h:99999", "h:-5", "bad host", "h\r\nX: y", "h/x", "a b:1"})
  void what_names_no_host_is_refused(String hop) {
    assertThatThrownBy(() -> Hop.parse(hop).uri("monitor"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"monitor x", "monitor\r\nHost: evil", "mon\u0000itor"})
  void a_request_type_cannot_smuggle_a_second_request(String type) {
    assertThatThrownBy(() -> Hop.parse("h").uri(type)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void the_last_agent_gets_the_request_and_those_before_it_the_rest_of_the_chain()
      throws JsonException {
    var last =
        read("{\"proxy_hostport\":[\"a\"],\"request_type\":\"monitor\",\"request_json\":\"e30=\"}");
    assertThat(last.pathAtNextHop()).isEqualTo("monitor");
    assertThat(last.bodyForNextHop()).asString().isEqualTo("{}");
    var first =
        read(
            "{\"proxy_hostport\":[\"a\",\"b:1\",\"c\"],\"request_type\":\"monitor\",\"request_json\":[123,125]}");
    assertThat(first.pathAtNextHop()).isEqualTo("proxy");
    assertThat(first.bodyForNextHop())
        .asString()
        .isEqualTo(
            "{\"proxy_hostport\":[\"b:1\",\"c\"],\"request_type\":\"monitor\",\"request_json\":\"e30=\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"proxy_hostport\":[],\"request_type\":\"monitor\"}",
        "{\"proxy_hostport\":[5],\"request_type\":\"monitor\"}",
        "{\"proxy_hostport\":[\"a\"]}",
        "{\"proxy_hostport\":[\"a\"],\"request_type\":\"monitor\",\"request_json\":\"@@not base64@@\"}",
        "{\"proxy_hostport\":[\"a\"],\"request_type\":\"monitor\",\"request_json\":{}}",
        "{\"proxy_hostport\":[\"a\"],\"request_type\":\"monitor\",\"request_json\":[256]}",
      })
  void a_request_that_is_wrong_is_told(String request) {
    assertThatThrownBy(() -> read(request)).isInstanceOf(JsonException.class);
  }

  private static ProxyRoute.Request read(String json) throws JsonException {
    return ProxyRoute.Request.read(Json.parseObject(json.getBytes(StandardCharsets.UTF_8)));
  }
}
