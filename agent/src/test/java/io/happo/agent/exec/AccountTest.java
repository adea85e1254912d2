package io.happo.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AccountTest {
  private static final Account NAGIOS =
      new Account("nagios", 105, 106, "/var/lib/nagios", "/usr/sbin/nologin");

  @TempDir Path etc;

  @BeforeEach
  void files() throws IOException {
    Files.writeString(
        etc.resolve("passwd"),
        "root:x:0:0:root:/root:/bin/sh\n+\nnagios:x:105:106::/var/lib/nagios:/usr/sbin/nologin\n");
    Files.writeString(etc.resolve("group"), "root:x:0:\nnagios:x:106:nagios,root\n");
  }

  @Test
  void user_and_group_are_found_by_name_and_by_number_in_the_files() throws IOException {
    assertThat(Account.find("nagios", etc, Optional.empty())).contains(NAGIOS);
    assertThat(Account.find("105", etc, Optional.empty())).contains(NAGIOS);
    assertThat(Account.groupId("nagios", etc, Optional.empty())).isEqualTo(OptionalLong.of(106));
    assertThat(Account.groupId("106", etc, Optional.empty())).isEqualTo(OptionalLong.of(106));
    assertThat(Account.find("other", etc, Optional.empty())).isEmpty();
    assertThat(Account.groupId("other", etc, Optional.empty())).isEmpty();
  }

  @Test
  void what_the_files_do_not_have_is_asked_of_getent() throws IOException {
    var getent =
        getent(
            "case $1.$2 in"
                + " passwd.far) echo far:x:70001:70002::/:/bin/sh;;"
                + " group.far) echo far:x:70002:;;"
                + " *) exit 2;; esac");
    assertThat(Account.find("far", etc, getent))
        .contains(new Account("far", 70_001, 70_002, "/", "/bin/sh"));
    assertThat(Account.groupId("far", etc, getent)).isEqualTo(OptionalLong.of(70_002));
    assertThat(Account.find("nobody-has-this", etc, getent)).isEmpty();
  }

  @Test
  void getent_that_fails_is_told_with_its_words() throws IOException {
    var getent = getent("echo the directory is on fire >&2; exit 1");
    assertThatThrownBy(() -> Account.find("far", etc, getent))
        .isInstanceOf(IOException.class)
        .hasMessage("`getent passwd far` ended with 1: the directory is on fire");
  }

  @Test
  void this_machine_knows_its_root() throws IOException {
    assertThat(Account.find("0")).map(Account::name).contains("root");
    assertThat(Account.groupId("root")).isEqualTo(OptionalLong.of(0));
    assertThat(Account.find("nobody-has-this-name")).isEmpty();
  }

  private Optional<String> getent(String script) throws IOException {
    var file = Files.writeString(etc.resolve("getent"), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return Optional.of(file.toString());
  }
}
