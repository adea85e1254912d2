package io.happo.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.happo.program.cli.Arguments;
import io.happo.program.cli.Parsed;
import io.happo.program.cli.Parser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratedFilesTest {
  @TempDir Path directory;

  static Set<String> pages() {
    return GenerateDocs.reference().keySet();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void reference_page_is_as_the_table_says(String name) {
    var page =
        Path.of(System.getProperty("happo.root", "..")).resolve("docs/reference").resolve(name);

    assertThat(page)
        .as(
            "docs/reference/%s is stale; in the root of the source run: %s/bin/java -cp"
                + " agent/target/classes io.happo.agent.cli.GenerateDocs reference docs/reference",
            name, System.getProperty("java.home"))
        .hasContent(GenerateDocs.reference().get(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"man/man8/happo-agent.8", "man/man1/happo-agent.1", "man/man1/check_happo.1"})
  void manual_page_passes_groff_without_a_warning(String name) throws Exception {
    peer("groff");
    GenerateDocs.main(new String[] {"package", directory.toString()});

    var text =
        output("groff", "-man", "-ww", "-Tascii", "-P-cbou", directory.resolve(name).toString());

    assertThat(text).doesNotContain("troff:", "groff:").contains("SYNOPSIS", "SEE ALSO");
  }

  @ParameterizedTest
  @CsvSource({
    "happo-agent, 'happo-agent leav', 'leave leave-hub'",
    "happo-agent, 'happo-agent --ver', --version",
    "happo-agent, 'happo-agent daemon --max-o', --max-output-bytes",
    "happo-agent, 'happo-agent remove --gr', --group_name",
    "happo-agent, 'happo-agent daemon --log-level de', debug",
    "happo-agent, 'happo-agent --log-level de', debug",
    "happo-agent, 'happo-agent daemon --log-level = de', debug",
    "happo-agent, 'happo-agent daemon --log-level =', debug info warn",
    "happo-agent, 'happo-agent daemon -P lea', ''",
    "happo-agent, 'happo-agent check check_ss', 'check_ssh check_ssl_cert check_ssmtp'",
    "happo-agent, 'happo-agent check --l', '--list --log-level'",
    "happo-agent, 'happo-agent check check_disk check_ss', ''",
    "check_happo, 'check_happo mon', monitor",
    "check_happo, 'check_happo monitor --plugin_n', --plugin_name",
  })
  void bash_completes(String program, String line, String expected) throws Exception {
    peer("bash");
    GenerateDocs.main(new String[] {"package", directory.toString()});
    var script =
        "source \"$1\"; COMP_WORDS=($2); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); $3; echo"
            + " \"${COMPREPLY[*]}\"";

    var text =
        output(
            "bash",
            "-euc",
            script,
            "bash",
            directory.resolve("bash-completion").resolve(program).toString(),
            line,
            "_" + program.replace('-', '_'));

    assertThat(text).isEqualTo(expected + "\n");
  }

  @Test
  void bash_completes_files_where_an_option_takes_one() throws Exception {
    peer("bash");
    GenerateDocs.main(new String[] {"package", directory.toString()});
    var script =
        "source \"$1/bash-completion/happo-agent\"; COMP_WORDS=(happo-agent daemon -B"
            + " \"$1/happo-ag\"); COMP_CWORD=3; _happo_agent; echo \"${COMPREPLY[*]}\"";

    assertThat(output("bash", "-euc", script, "bash", directory.toString()))
        .isEqualTo(directory.resolve("happo-agent.env") + "\n");
  }

  @Test
  void sample_environment_changes_nothing_when_it_is_uncommented() {
    var sample = GenerateDocs.packaged().getOrDefault("happo-agent.env", "");
    var environment = new HashMap<String, String>();
    for (var line : sample.lines().toList()) {
      if (line.startsWith("#HAPPO_AGENT_")) {
        int equals = line.indexOf('=');
        environment.put(line.substring(1, equals), line.substring(equals + 1));
      }
    }

    var sampled = daemon(environment);
    var plain = daemon(Map.of());

    assertThat(environment).hasSize(DaemonTable.COMMAND.options().size() + 1);
    for (var option : DaemonTable.COMMAND.options()) {
      if (option.isFlag()) {
        assertThat(sampled.flag(option.name())).isFalse();
      } else {
        assertThat(sampled.text(option.name())).isEqualTo(plain.text(option.name()));
      }
    }
  }

  private static Arguments daemon(Map<String, String> environment) {
    return ((Parsed.Run) Parser.parse(Programs.happoAgent(), new String[] {"daemon"}, environment))
        .arguments();
  }

  /** Skips the test on a machine without a program, unless all peers are required. */
  private static void peer(String program) {
    boolean isThere =
        Pattern.compile(":")
            .splitAsStream(System.getenv("PATH"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    assumeTrue(
        isThere || "required".equals(System.getProperty("happo.peers")), program + " is not there");
  }

  private static String output(String... command) throws IOException, InterruptedException {
    var words = new ArrayList<String>(List.of(command));
    var process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    var text =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return text;
  }
}
