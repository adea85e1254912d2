package io.happo.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;

/** The Java runtime that ships: as few modules as the programs need, none of the tools. */
final class Runtimes {
  private Runtimes() {}

  /** Links a runtime into that folder, which must not exist, from the JDK that runs this build. */
  static void link(Path folder, Product product) throws IOException, InterruptedException {
    ToolProvider jlink =
        ToolProvider.findFirst("jlink")
            .orElseThrow(
                () ->
                    new IOException(
                        "no jlink in "
                            + System.getProperty("java.home")
                            + ": a whole JDK is needed, not a runtime"));
    int exit =
        jlink.run(
            System.out,
            System.err,
            "--add-modules",
            String.join(",", product.runtime()),
            "--strip-debug",
            "--no-header-files",
            "--no-man-pages",
            // The archive is compressed as a whole: twice would make it larger and the start
            // slower.
            "--compress=zip-0",
            "--output",
            folder.toString());
    if (exit != 0) {
      throw new IOException("jlink failed with exit " + exit);
    }
    dropSymbols(folder, "lib/server/libjvm.so");
    Path bin = folder.resolve("bin");
    // Under its program's name, so that ps, pgrep and check_procs find the agent and not "java".
    for (Program program : product.programs()) {
      Files.copy(bin.resolve("java"), bin.resolve(program.name()));
      bin.resolve(program.name()).toFile().setExecutable(true, false);
    }
  }

  /**
   * Names of the JVM's inner functions, which only a debugger shows: a twentieth of the archive.
   */
  private static void dropSymbols(Path folder, String library)
      throws IOException, InterruptedException {
    if (!Files.isExecutable(Path.of("/usr/bin/strip"))) {
      System.out.println("[dist] no /usr/bin/strip: the archive stays larger; install binutils");
      return;
    }
    Command.run(folder, List.of("/usr/bin/strip", "--strip-unneeded", library));
  }

  /**
   * Takes away what only the build needed: the training starts {@code java} once more under its own
   * name.
   */
  static void dropTools(Path folder) throws IOException {
    for (String tool : List.of("java", "jfr", "keytool")) {
      Files.deleteIfExists(folder.resolve("bin").resolve(tool));
    }
    // For another JDK that looks into this one, for the making of a default cache, for jars that
    // are started as programs.
    for (String file : List.of("jrt-fs.jar", "classlist", "jexec")) {
      Files.deleteIfExists(folder.resolve("lib").resolve(file));
    }
  }
}
