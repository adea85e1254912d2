package io.happo.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HubSettingsTest {
  @Test
  void a_public_url_is_a_name_and_perhaps_a_port() throws Exception {
    assertThat(HubSettings.publicUrl("https://hub.example:6778/"))
        .hasValue(URI.create("https://hub.example:6778"));
    assertThat(HubSettings.publicUrl("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hub.example:6778",
        "hub.example",
        "http://hub.example",
        "https://hub.example/x",
        "https://hub.example?x",
        "https://hub.example#x",
        "https://me@hub.example",
        "https:",
        "https://a b"
      })
  void anything_else_is_told_in_one_line(String text) {
    assertThatThrownBy(() -> HubSettings.publicUrl(text))
        .isInstanceOf(IOException.class)
        .hasMessage("--public-url: '" + text + "' is no https://NAME[:PORT]");
  }
}
