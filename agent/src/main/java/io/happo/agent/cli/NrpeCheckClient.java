package io.happo.agent.cli;

import io.happo.agent.nrpe.Finding;
import io.happo.agent.nrpe.Finding.Severity;
import io.happo.agent.nrpe.NrpeCheck;
import io.happo.agent.nrpe.TlsSwitches;
import io.happo.core.JsonWriter;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;
import io.happo.program.cli.Type;
import java.nio.file.Path;
import java.util.List;

/** {@code happo-agent nrpe-check FILE}. Changes nothing. */
final class NrpeCheckClient {
  private final Console console;
  private final Arguments arguments;

  NrpeCheckClient(Console console, Arguments arguments) {
    this.console = console;
    this.arguments = arguments;
  }

  /** Prints what there is to tell, and returns 0 for nothing, 1 for less than an error, 2. */
  int check() throws Failure {
    if (arguments.operands().size() != 1 || !Type.FILE.accepts(arguments.operands().getFirst())) {
      console.complain(
          "happo-agent: nrpe-check needs one FILE\nSee 'happo-agent nrpe-check --help'.\n");
      return 2;
    }
    boolean off = arguments.flag("nrpe-no-tls");
    if (off && arguments.flag("nrpe-legacy-tls")) {
      console.complain("happo-agent: --nrpe-no-tls and --nrpe-legacy-tls exclude each other\n");
      return 2;
    }
    var file = arguments.operands().getFirst();
    var findings =
        NrpeCheck.check(Path.of(file), new TlsSwitches(off, arguments.flag("nrpe-legacy-tls")));
    int exit = exit(findings);
    console.say(arguments.flag("json") ? json(file, exit, findings) : text(file, exit, findings));
    return exit;
  }

  private static int exit(List<Finding> findings) {
    int exit = 0;
    for (var finding : findings) {
      exit = Math.max(exit, finding.severity() == Severity.ERROR ? 2 : 1);
    }
    return exit;
  }

  private static String text(String file, int exit, List<Finding> findings) {
    var out = new StringBuilder();
    for (var finding : findings) {
      out.append(finding).append('\n');
    }
    out.append(file)
        .append(
            switch (exit) {
              case 0 -> ": served as by NRPE\n";
              case 1 -> ": served, with the differences above\n";
              default -> ": refused until the errors above are mended\n";
            });
    return out.toString();
  }

  private static String json(String file, int exit, List<Finding> findings) {
    var json = new JsonWriter();
    json.beginObject()
        .member("file", file)
        .key("refused")
        .value(exit == 2)
        .key("findings")
        .beginArray();
    for (var finding : findings) {
      json.beginObject()
          .member("severity", finding.severity().toString())
          .member("file", finding.file())
          .member("line", finding.line())
          .member("directive", finding.directive())
          .member("message", finding.message())
          .endObject();
    }
    return json.endArray().endObject() + "\n";
  }
}
