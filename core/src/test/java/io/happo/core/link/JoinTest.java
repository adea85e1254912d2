package io.happo.core.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.core.JsonException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JoinTest {
  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void documents_are_read_as_they_are_written() throws Exception {
    var request =
        new Join.Request("secret", "key", Map.of("os", "Debian"), Map.of("role", "web", "a", "b"));
    assertThat(Join.Request.read(request.toJson())).isEqualTo(request);
    assertThat(request.toString()).doesNotContain("secret");
    for (boolean pending : new boolean[] {true, false}) {
      var accepted = new Join.Accepted(pending, "hub", "key");
      assertThat(Join.Accepted.read(accepted.toJson())).isEqualTo(accepted);
    }
    for (var reason : Join.Reason.values()) {
      var refused = new Join.Refused(reason, "why");
      assertThat(Join.Refused.read(refused.toJson())).isEqualTo(refused);
    }
    assertThat(
            new String(
                new Join.Refused(Join.Reason.TOKEN_USED_UP, "").toJson(), StandardCharsets.UTF_8))
        .isEqualTo("{\"reason\":\"token_used_up\",\"message\":\"\"}");
  }

  @Test
  void documents_that_are_none_are_refused() {
    assertThatThrownBy(() -> Join.Request.read(bytes("[]"))).isInstanceOf(JsonException.class);
    assertThatThrownBy(() -> Join.Request.read(bytes("{\"token\":\"t\"}")))
        .hasMessageContaining("publicKey");
    assertThatThrownBy(() -> Join.Accepted.read(bytes("{\"state\":\"perhaps\",\"hubId\":\"h\"}")))
        .hasMessageContaining("perhaps");
    assertThatThrownBy(() -> Join.Refused.read(bytes("{\"reason\":\"mood\"}")))
        .hasMessageContaining("mood");
  }
}
