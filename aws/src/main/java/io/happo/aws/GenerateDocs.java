package io.happo.aws;

import io.happo.program.cli.BashCompletion;
import io.happo.program.cli.ManPage;
import io.happo.program.cli.ReferencePage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes what is made from the table. {@code GenerateDocs reference DIRECTORY}: the reference page,
 * Markdown. {@code GenerateDocs package DIRECTORY}: what a package installs. A tool of the build.
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

  /** The reference page by its file name. */
  static Map<String, String> reference() {
    return Map.of("happo-aws.md", ReferencePage.of(AwsTable.PROGRAM));
  }

  private static Map<String, String> packaged() {
    var program = AwsTable.PROGRAM;
    return Map.of(
        "man/man1/happo-aws.1",
        ManPage.of(program, 1, program.commands(), List.of("happo-agent(8)")),
        "bash-completion/happo-aws",
        BashCompletion.of(program));
  }
}
