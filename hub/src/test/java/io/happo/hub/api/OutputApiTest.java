package io.happo.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.net.Response;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputApiTest {
  private static final String CARBON = "/v1/outputs/carbon";

  @TempDir Path folder;
  private TestHub hub;

  @BeforeEach
  void open() {
    hub = new TestHub(folder);
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private Response ask(String method, String target, String body) throws Exception {
    return hub.as("ada", method, target, body.replace('\'', '"'));
  }

  @Test
  void outputs_are_set_shown_without_their_secrets_and_removed() throws Exception {
    var body =
        "{'kind':'otlp','settings':{'url':'https://otel.invalid/v1/metrics','token':'s3cret'}}";
    assertThat(ask("PUT", "/v1/outputs/otel", body).status()).isEqualTo(204);
    var listed = TestHub.text(ask("GET", "/v1/outputs", ""));
    assertThat(listed).contains("\"kind\":\"otlp\"", "otel.invalid").doesNotContain("s3cret");
    assertThat(TestHub.text(ask("GET", "/metrics", "")))
        .contains("happo_hub_output_waiting_entries{output=\"otel\"} 0");
    assertThat(ask("DELETE", "/v1/outputs/otel", "").status()).isEqualTo(204);
    assertThat(ask("DELETE", "/v1/outputs/otel", "").status()).isEqualTo(404);
    assertThat(TestHub.text(ask("GET", "/v1/audit", "")))
        .contains("output.set", "output.remove")
        .doesNotContain("s3cret");
  }

  @Test
  void what_is_wrong_is_told_and_nothing_is_changed() throws Exception {
    var kind = ask("PUT", CARBON, "{'kind':'graphit','settings':{}}");
    assertThat(kind.status()).isEqualTo(400);
    assertThat(TestHub.text(kind)).contains("expected one of remote-write, otlp, graphite");
    var settings = ask("PUT", CARBON, "{'kind':'graphite','settings':{'port':'1'}}");
    assertThat(settings.status()).isEqualTo(422);
    assertThat(TestHub.text(settings)).contains("server: is missing", "port: is not known here");
    assertThat(TestHub.text(ask("GET", "/v1/outputs", ""))).isEqualTo("{\"outputs\":[]}");
    assertThat(ask("POST", CARBON + "/test", "").status()).isEqualTo(404);
  }

  @Test
  void a_trial_says_why_it_was_not_taken() throws Exception {
    var body = "{'kind':'graphite','settings':{'server':'127.0.0.1:1'}}";
    assertThat(ask("PUT", CARBON, body).status()).isEqualTo(204);
    assertThat(TestHub.text(ask("POST", CARBON + "/test", "")))
        .contains("\"delivered\":false", "127.0.0.1:1 does not take it");
  }

  @Test
  void there_are_not_more_than_the_hub_can_serve() throws Exception {
    var body = "{'kind':'graphite','settings':{'server':'127.0.0.1:1'}}";
    for (int n = 0; n < 20; n++) {
      assertThat(ask("PUT", "/v1/outputs/o" + n, body).status()).isEqualTo(204);
    }
    var one = ask("PUT", "/v1/outputs/more", body);
    assertThat(one.status()).isEqualTo(422);
    assertThat(TestHub.text(one)).contains("remove one");
    assertThat(ask("PUT", "/v1/outputs/o7", body).status()).isEqualTo(204);
  }
}
