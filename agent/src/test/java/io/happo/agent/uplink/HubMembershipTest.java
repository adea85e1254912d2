package io.happo.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HubMembershipTest {
  @TempDir Path folder;

  @Test
  void what_is_written_is_read_again_and_private() throws Exception {
    var file = folder.resolve("data").resolve(HubMembership.FILE_NAME);
    assertThat(HubMembership.read(file)).isEmpty();
    var membership =
        new HubMembership(
            URI.create("https://hub.test:6778/"),
            "abc",
            Optional.of("ab".repeat(32)),
            "key",
            List.of("192.0.2.1:6778"),
            Optional.empty());
    membership.write(file);
    assertThat(HubMembership.read(file)).contains(membership);
    assertThat(membership.hub()).hasToString("https://hub.test:6778");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    var taught = membership.with(List.of(), "192.0.2.2:6778");
    taught.write(file);
    assertThat(HubMembership.read(file)).contains(taught);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"hub\":\"https://x\"}",
        "{\"hub\":\"http://x\",\"hubId\":\"i\"}"
      })
  void damaged_file_is_told(String text) throws Exception {
    var file = folder.resolve(HubMembership.FILE_NAME);
    Files.writeString(file, text);
    assertThatThrownBy(() -> HubMembership.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("join the hub again");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://hub",
        "hub:6778",
        "https://u:p@hub",
        "https://hub/path",
        "https://hub?x",
        "hub"
      })
  void address_of_no_hub_is_refused(String address) {
    assertThatThrownBy(
            () ->
                new HubMembership(
                    URI.create(address), "i", Optional.empty(), "", List.of(), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("https://host:port");
  }
}
