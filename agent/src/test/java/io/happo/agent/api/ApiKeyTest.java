package io.happo.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.net.Headers;
import io.happo.net.Request;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiKeyTest {
  @TempDir Path folder;

  @Test
  void without_a_key_everything_passes() throws JsonException {
    assertThat(ApiKey.none().admits(request(Headers.NONE), body("{}"))).isTrue();
  }

  @Test
  void the_key_is_taken_from_the_body_or_from_the_header() throws IOException, JsonException {
    var key = ApiKey.read(file("sesame\n", "rw-------"));
    assertThat(key.admits(request(Headers.NONE), body("{\"apikey\":\"sesame\"}"))).isTrue();
    assertThat(key.admits(request(Headers.of("authorization", "bearer sesame")))).isTrue();
    assertThat(key.admits(request(Headers.NONE), body("{\"apikey\":\"sesam\"}"))).isFalse();
    assertThat(key.admits(request(Headers.NONE), body("{\"apikey\":5}"))).isFalse();
    assertThat(key.admits(request(Headers.NONE), body("{}"))).isFalse();
    assertThat(key.admits(request(Headers.of("Authorization", "Basic sesame")))).isFalse();
    assertThat(key.admits(request(Headers.NONE))).isFalse();
  }

  @Test
  void a_file_that_others_may_read_or_that_is_empty_or_missing_is_refused_without_telling_the_key()
      throws IOException {
    var open = file("sesame\n", "rw-r-----");
    assertThatThrownBy(() -> ApiKey.read(open))
        .hasMessageContaining("chmod 600 " + open)
        .hasMessageNotContaining("sesame");
    var empty = file("\n", "rw-------");
    assertThatThrownBy(() -> ApiKey.read(empty)).hasMessageContaining("is empty");
    assertThatThrownBy(() -> ApiKey.read(folder.resolve("none")))
        .hasMessageContaining("there is no file");
  }

  private Path file(String text, String mode) throws IOException {
    var file = Files.createTempFile(folder, "key", "");
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private static JsonObject body(String json) throws JsonException {
    return Json.parseObject(json.getBytes(StandardCharsets.UTF_8));
  }

  private static Request request(Headers headers) {
    return new Request(
        "POST", "/", "/", "", headers, new byte[0], new InetSocketAddress(1), Map.of());
  }
}
