package io.happo.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * One question of {@code nrpe/cases.txt}, asked by Debian's check_nrpe.
 *
 * @param setup of the daemon that is asked
 * @param name unique
 * @param options of check_nrpe, as words of a shell command
 */
record NrpeCase(NrpeSetup setup, String name, String options) {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** Longer than any command of the cases may take; a case's own option comes later and counts. */
  private static final int PATIENCE_SECONDS = 30;

  /**
   * Which of these check_nrpe says of a connection closed without an answer is a matter of luck.
   */
  private static final Pattern REFUSED =
      Pattern.compile(
          "^CHECK_NRPE: (Error sending query to host\\."
              + "|Receive header underflow - only (0|-1) bytes received \\(4 expected\\)\\.)");

  /** And of one closed before its handshake, unless writing to it kills check_nrpe. */
  private static final Pattern REFUSED_BEFORE_TLS =
      Pattern.compile("^CHECK_NRPE: Error - Could not connect to .*\n$");

  private static final int KILLED_BY_SIGPIPE = 128 + 13;

  /** All of the file, in its order. */
  static List<NrpeCase> all() throws IOException {
    var cases = new ArrayList<NrpeCase>();
    NrpeSetup setup = null;
    for (var line : Files.readAllLines(NrpeHome.resource("cases.txt"))) {
      if (line.startsWith("[") && line.endsWith("]")) {
        setup = NrpeSetup.valueOf(line.substring(1, line.length() - 1).toUpperCase(Locale.ROOT));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        var parts = line.split(" \\|", 2);
        if (setup == null || parts.length != 2) {
          throw new AssertionError("cases.txt: not [setup] nor NAME | OPTIONS: " + line);
        }
        cases.add(new NrpeCase(setup, "nrpe." + setup.title() + "." + parts[0], parts[1].strip()));
      }
    }
    return cases;
  }

  /**
   * Asks a daemon.
   *
   * @return {@code exit} and {@code stdout}; each character of the latter is one byte
   */
  Map<String, String> ask(NrpeHome home, int port) throws IOException, InterruptedException {
    var line =
        "exec %s/check_nrpe -H 127.0.0.1 -p %d -t %d %s"
            .formatted(Peer.PLUGINS, port, PATIENCE_SECONDS, options);
    var out = Files.createTempFile("check_nrpe", ".out");
    try {
      int exit = run(home, line, out);
      var said = withoutRun(Files.readString(out, StandardCharsets.ISO_8859_1), port);
      return REFUSED_BEFORE_TLS.matcher(said).matches()
              || (exit == KILLED_BY_SIGPIPE && said.isEmpty())
          ? Map.of("exit", "that of a refusal", "stdout", "CHECK_NRPE: REFUSED BEFORE TLS\n")
          : Map.of("exit", "" + exit, "stdout", said);
    } finally {
      Files.delete(out);
    }
  }

  private int run(NrpeHome home, String line, Path out) throws IOException, InterruptedException {
    var environment = Map.of("TLS", home.tls().toString());
    var process =
        Run.builder(home.folder(), environment, List.of("/bin/sh", "-c", line))
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(name + ": check_nrpe did not end in " + DEADLINE.toSeconds() + " s");
    }
    return process.exitValue();
  }

  /**
   * What is another in every run: the port, which program answers a hello, and how far check_nrpe
   * came before it saw that it was refused.
   */
  private static String withoutRun(String text, int port) {
    return REFUSED
        .matcher(text)
        .replaceFirst("CHECK_NRPE: REFUSED")
        .replace(":" + port, ":PORT")
        .replace("port " + port, "port PORT")
        .replaceFirst("(?m)^NRPE v[0-9]+\\.[0-9]+\\.[0-9]+.*", "NRPE vVERSION")
        .replaceFirst("(?m)^NRPE_PROGRAMVERSION=[0-9.]+.*", "NRPE_PROGRAMVERSION=VERSION");
  }
}
