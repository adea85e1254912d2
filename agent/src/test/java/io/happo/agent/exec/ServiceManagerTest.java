package io.happo.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceManagerTest {
  @TempDir Path folder;

  @Test
  void is_told_at_a_path() throws IOException {
    var address = folder.resolve("notify").toString();
    try (var systemd = new FakeServiceManager(address)) {
      ServiceManager.at(address).orElseThrow().tell("READY=1\nSTATUS=größer\n");
      assertThat(systemd.hear(5)).isEqualTo("READY=1\nSTATUS=größer\n");
    }
  }

  @Test
  void is_told_at_an_abstract_address() throws IOException {
    var address = "@happo-test-" + UUID.randomUUID();
    try (var systemd = new FakeServiceManager(address)) {
      var manager = ServiceManager.at(address).orElseThrow();
      manager.tell("READY=1");
      manager.tell("WATCHDOG=1");
      assertThat(systemd.hear(5)).isEqualTo("READY=1");
      assertThat(systemd.hear(5)).isEqualTo("WATCHDOG=1");
    }
  }

  @Test
  void that_is_gone_or_does_not_read_holds_nobody() throws IOException {
    var address = folder.resolve("notify").toString();
    var manager = ServiceManager.at(address).orElseThrow();
    assertThatThrownBy(() -> manager.tell("READY=1"))
        .isInstanceOf(IOException.class)
        .hasMessage("No such file or directory");
    try (var systemd = new FakeServiceManager(address)) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 10_000; i++) {
                  manager.tell("WATCHDOG=1");
                }
              })
          .hasMessage("it does not read what it is told");
      assertThat(systemd.hear(5)).isEqualTo("WATCHDOG=1");
    }
  }

  @Test
  void other_addresses_are_none() {
    assertThat(ServiceManager.at("")).isEmpty();
    assertThat(ServiceManager.at("@")).isEmpty();
    assertThat(ServiceManager.at("vsock:2:1234")).isEmpty();
    assertThat(ServiceManager.at("/" + "x".repeat(200))).isEmpty();
  }

  @Test
  void a_thread_that_does_not_come_to_the_end_of_its_work_is_stuck() {
    var progress = new Progress();
    assertThat(progress.isStuck()).isFalse();
    long begun = progress.begins();
    assertThat(progress.isStuck(begun + 59_000_000_000L)).isFalse();
    assertThat(progress.isStuck(begun + 61_000_000_000L)).isTrue();
    progress.rests();
    assertThat(progress.isStuck(begun + 61_000_000_000L)).isFalse();
  }
}
