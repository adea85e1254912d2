package io.happo.agent.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells which lines {@code /bin/sh -c} would do nothing with but split them into words and become
 * the program they name. Only lines that every shell takes alike are told; in doubt a line needs
 * the shell.
 */
final class ShellLine {
  /**
   * Commands that are no program, or another one than on the PATH, in dash, bash, ksh, mksh or
   * busybox; and their reserved words.
   */
  private static final Set<String> SHELLS_OWN =
      Set.of(
          (". : [ [[ ]] ! { } alias autoload bg bind break builtin caller case cat cd chdir command"
                  + " compgen complete compopt continue coproc declare dirs disown do done echo elif"
                  + " else enable esac eval exec exit export false fc fg fi for function functions"
                  + " getopts global hash help hist history if in integer jobs kill let local logout"
                  + " mapfile nameref newgrp nohup popd print printf pushd pwd read readarray"
                  + " readonly realpath rename return select set shift shopt sleep source stop"
                  + " suspend test then time times trap true type typeset ulimit umask unalias unset"
                  + " until wait whence while")
              .split(" "));

  private static final String BLANKS = " \t\n";

  /** From this length on a line is no argument for a shell (execve(2)), which is to be said. */
  private static final int MAX_BYTES = 128 << 10;

  private ShellLine() {}

  /** The words of a line that needs no shell; empty when it may need one. */
  static Optional<List<String>> words(String line) {
    return Optional.of(line)
        .filter(text -> text.length() < MAX_BYTES)
        .flatMap(ShellWords::plain)
        .filter(words -> !words.isEmpty())
        .filter(words -> isProgram(words.getFirst()));
  }

  private static boolean isProgram(String word) {
    return !word.isEmpty()
        && !word.startsWith("-")
        && word.indexOf('=') < 0
        && !SHELLS_OWN.contains(word);
  }

  /**
   * The file that the shell would execute: the word itself when it has a slash, else the first on
   * the PATH.
   */
  static Optional<String> file(String word, Map<String, String> environment) {
    if (word.indexOf('/') >= 0) {
      return Optional.of(word);
    }
    for (String folder : environment.getOrDefault("PATH", "").split(":", -1)) {
      if (!folder.startsWith("/")) {
        return Optional.empty();
      }
      Path file = Path.of(folder, word);
      if (Files.isRegularFile(file) && Files.isExecutable(file)) {
        return Optional.of(folder + "/" + word);
      }
    }
    return Optional.empty();
  }

  /**
   * The environment as a shell hands it on: with the name of the folder it is in; empty when there
   * are variables that shells change or do not hand on.
   */
  static Optional<Map<String, String>> environment(
      Map<String, String> environment, Path directory) {
    for (var variable : environment.entrySet()) {
      String name = variable.getKey();
      if (!isIdentifier(name)
          || name.equals("OPTIND")
          || name.equals("PPID")
          || (name.equals("IFS") && !variable.getValue().equals(BLANKS))) {
        return Optional.empty();
      }
    }
    try {
      var handedOn = new HashMap<>(environment);
      String folder = environment.get("PWD");
      if (folder == null
          || !folder.startsWith("/")
          || !Files.isSameFile(Path.of(folder), directory)) {
        handedOn.put("PWD", directory.toRealPath().toString());
      }
      return Optional.of(handedOn);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean isIdentifier(String name) {
    return !Character.isDigit(name.charAt(0))
        && name.chars()
            .allMatch(
                c ->
                    c == '_'
                        || (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9'));
  }
}
