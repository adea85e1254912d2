package io.happo.hub.cli;

import io.happo.program.cli.BashCompletion;
import io.happo.program.cli.Command;
import io.happo.program.cli.ManPage;
import io.happo.program.cli.ReferencePage;
import io.happo.program.cli.SampleEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes what is made from the table. {@code GenerateDocs reference DIRECTORY}: the reference page,
 * Markdown. {@code GenerateDocs package DIRECTORY}: what a package installs. A tool of the build.
 */
public final class GenerateDocs {
  private static final Set<String> OF_THE_DAEMON = Set.of("serve", "backup", "restore");

  private GenerateDocs() {}

  public static void main(String[] words) throws IOException {
    if (words.length != 2 || !(words[0].equals("reference") || words[0].equals("package"))) {
      System.err.println("usage: GenerateDocs reference|package DIRECTORY");
      System.exit(2);
    }
    var files = words[0].equals("reference") ? reference() : packaged();
    for (var file : files.entrySet()) {
      var path = Path.of(words[1]).resolve(file.getKey());
      Files.createDirectories(path.toAbsolutePath().getParent());
      Files.writeString(path, file.getValue());
    }
  }

  /** The reference page by its file name. */
  static Map<String, String> reference() {
    return Map.of("happo-hub.md", ReferencePage.of(HubTable.PROGRAM));
  }

  /** What a package installs, by path. */
  static Map<String, String> packaged() {
    var program = HubTable.PROGRAM;
    List<Command> daemon =
        program.commands().stream().filter(one -> OF_THE_DAEMON.contains(one.name())).toList();
    List<Command> clients =
        program.commands().stream().filter(one -> !OF_THE_DAEMON.contains(one.name())).toList();
    var files = new LinkedHashMap<String, String>();
    files.put(
        "man/man8/happo-hub.8",
        ManPage.of(program, 8, daemon, List.of("happo-hub(1)", "happo-agent(8)")));
    files.put(
        "man/man1/happo-hub.1",
        ManPage.of(program, 1, clients, List.of("happo-hub(8)", "happo-agent(1)")));
    files.put("bash-completion/happo-hub", BashCompletion.of(program));
    files.put("happo-hub.env", SampleEnvironment.of(program, ServeTable.SERVE));
    return files;
  }
}
