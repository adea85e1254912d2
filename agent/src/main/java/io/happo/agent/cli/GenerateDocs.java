package io.happo.agent.cli;

import io.happo.agent.checks.Builtins;
import io.happo.agent.nrpe.NrpeReference;
import io.happo.program.cli.BashCompletion;
import io.happo.program.cli.ManPage;
import io.happo.program.cli.ReferencePage;
import io.happo.program.cli.SampleEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes what is made from the tables. {@code GenerateDocs reference DIRECTORY}: the reference
 * pages, Markdown. {@code GenerateDocs package DIRECTORY}: what a package installs, which is {@code
 * man/man1}, {@code man/man8}, {@code bash-completion} and {@code happo-agent.env}. A tool of the
 * build; the programs never load it.
 */
public final class GenerateDocs {
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

  /** The reference pages by file name. */
  static Map<String, String> reference() {
    var files = new LinkedHashMap<String, String>();
    for (var program : List.of(Programs.happoAgent(), Programs.checkHappo())) {
      files.put(program.name() + ".md", ReferencePage.of(program));
    }
    files.put("nrpe.md", NrpeReference.page());
    var checks = new AllChecks();
    for (var name : checks.names()) {
      var check = checks.find(name);
      if (check != null && check.table().name().equals(name)) {
        files.put("checks/" + name + ".md", ReferencePage.of(Builtins.program(check.table())));
      }
    }
    return files;
  }

  /** What a package installs, by path. */
  static Map<String, String> packaged() {
    var agent = Programs.happoAgent();
    var check = Programs.checkHappo();
    var daemon = agent.commands().subList(0, 1);
    var clients = agent.commands().subList(1, agent.commands().size());
    var files = new LinkedHashMap<String, String>();
    files.put(
        "man/man8/happo-agent.8",
        ManPage.of(agent, 8, daemon, List.of("happo-agent(1)", "check_happo(1)")));
    files.put(
        "man/man1/happo-agent.1",
        ManPage.of(agent, 1, clients, List.of("happo-agent(8)", "check_happo(1)")));
    files.put(
        "man/man1/check_happo.1",
        ManPage.of(check, 1, check.commands(), List.of("happo-agent(8)", "happo-agent(1)")));
    files.put(
        "bash-completion/happo-agent",
        BashCompletion.of(agent, Map.of("check", new AllChecks().names())));
    files.put("bash-completion/check_happo", BashCompletion.of(check));
    files.put("happo-agent.env", SampleEnvironment.of(agent, daemon.getFirst()));
    return files;
  }
}
