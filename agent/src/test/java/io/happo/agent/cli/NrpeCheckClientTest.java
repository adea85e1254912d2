package io.happo.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.program.cli.Parser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NrpeCheckClientTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("nrpe.cfg");
  }

  @Test
  void findings_are_told_line_by_line_and_end_in_1() throws IOException {
    var self = System.getProperty("user.name");
    var user = self.equals("root") ? "nobody" : self;
    Files.writeString(file, "allowed_hosts=127.0.0.1\nnrpe_user=" + user + "\nnonsense=1\n");

    assertThat(run("nrpe-check", "--nrpe-no-tls", file.toString())).isEqualTo(1);
    assertThat(text(out).lines())
        .containsExactly(
            file
                + ":3: warning: nonsense: is unknown, to NRPE as well, and without effect; see the"
                + " reference of nrpe.cfg",
            file
                + ": warning: connections are not encrypted, and clients need check_nrpe -n; turn"
                + " TLS on by leaving --nrpe-no-tls out",
            file + ": served, with the differences above");
    assertThat(text(err)).isEmpty();
  }

  @Test
  void a_refused_file_ends_in_2() throws IOException {
    Files.writeString(file, "server_port=80\n");

    assertThat(run("nrpe-check", file.toString())).isEqualTo(2);
    assertThat(text(out)).endsWith(file + ": refused until the errors above are mended\n");
  }

  @Test
  void old_clients_make_a_difference() throws IOException {
    Files.writeString(file, "ssl_use_adh=2\n");

    assertThat(run("nrpe-check", file.toString())).isEqualTo(2);
    assertThat(run("nrpe-check", "--nrpe-legacy-tls", file.toString())).isEqualTo(1);
  }

  @Test
  void json_holds_the_same() {
    assertThat(run("nrpe-check", "--json", file.toString())).isEqualTo(2);
    assertThat(text(out))
        .isEqualTo(
            "{\"file\":\"F\",\"refused\":true,\"findings\":[{\"severity\":\"error\",\"file\":\"F\",\"line\":0,\"directive\":\"\",\"message\":\"cannot be read: it or its folder does not exist; name the file that NRPE was started with\"}]}\n"
                .replace("F\"", file + "\""));
  }

  @Test
  void without_a_file_or_with_two_it_says_what_is_missing() {
    assertThat(run("nrpe-check")).isEqualTo(2);
    assertThat(run("nrpe-check", "a", "b")).isEqualTo(2);
    assertThat(text(err)).contains("nrpe-check needs one FILE");
  }

  private int run(String... words) {
    return Clients.run(
        Parser.parse(Programs.happoAgent(), words, Map.of()),
        new ByteArrayInputStream(new byte[0]),
        out,
        err,
        arguments -> {});
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }
}
