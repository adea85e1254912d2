package io.happo.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which lines need no shell, and that nobody can tell that none was there. */
class ShellLineTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final int LINES = 1000;

  private final Exec exec = new Exec(ExecSettings.withDefaults(Map.of("PATH", "/usr/bin:/bin")));

  @TempDir Path folder;

  @AfterEach
  void close() {
    exec.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/usr/lib/nagios/plugins/check_load -w 5,4,3 -c 10,9,8",
        "./check_x --url='http://x/?a=b&c=d' -e 'it'\\''s' \"a b\" \"\\$5\" c\\ d",
        " uname\t-a ",
        "'/bin/a b' ''",
        "check_x A=b"
      })
  void words_and_quotes_need_no_shell(String line) {
    assertThat(ShellLine.words(line)).contains(ShellWords.split(line));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "''",
        "-x",
        "/bin/x $HOME",
        "/bin/x \"$HOME\"",
        "/bin/x `id`",
        "/bin/x \"`id`\"",
        "/bin/x *",
        "/bin/x a?",
        "/bin/x [a]",
        "/bin/x {a,b}",
        "/bin/x ~",
        "/bin/x # y",
        "/bin/x | /bin/y",
        "/bin/x && /bin/y",
        "/bin/x & ",
        "/bin/x; /bin/y",
        "/bin/x >y",
        "/bin/x 2>&1",
        "/bin/x <y",
        "(/bin/x)",
        "! /bin/x",
        "A=b /bin/x",
        "A='b' /bin/x",
        "/bin/x\n/bin/y",
        "/bin/x a\\\nb",
        "/bin/x 'a\nb'",
        "/bin/x \\",
        "/bin/x 'a",
        "/bin/x \"a",
        "/bin/x é",
        "/bin/x a\u0001",
        "echo a",
        "exec /bin/x",
        "cd /",
        ". /x",
        "[ a ]",
        "'test' a",
        "while /bin/x"
      })
  void everything_else_does(String line) {
    assertThat(ShellLine.words(line)).isEmpty();
  }

  @Test
  void line_that_is_too_long_for_a_shell_is_too_long() {
    assertThat(ShellLine.words("/bin/x" + " y".repeat(60_000))).isPresent();
    assertThat(ShellLine.words("/bin/x" + " y".repeat(70_000))).isEmpty();
  }

  @Test
  void environment_is_that_of_a_shell() {
    assertThat(ShellLine.environment(Map.of("A", "b", "IFS", " \t\n"), Path.of("/")))
        .contains(Map.of("A", "b", "IFS", " \t\n", "PWD", "/"));
    for (String name : List.of("IFS", "OPTIND", "PPID", "a.b", "BASH_FUNC_x%%", "1")) {
      assertThat(ShellLine.environment(Map.of(name, "x"), Path.of("/"))).as(name).isEmpty();
    }
  }

  @Test
  void name_that_is_taken_for_a_program_is_none_of_the_shells_own() {
    String script =
        "for file in /usr/bin/* /bin/* /usr/sbin/*; do command -v \"${file##*/}\"; done";
    List<String> own =
        outcome(Command.shell(script))
            .stdout()
            .text()
            .lines()
            .filter(name -> name.indexOf('/') < 0)
            .filter(name -> ShellLine.words(name).isPresent())
            .toList();

    assertThat(own).isEmpty();
  }

  @Test
  void bash_has_no_command_of_its_own_that_is_taken_for_a_program() {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash");
    Outcome.Exited listed =
        outcome(Command.direct(List.of("/bin/bash", "-c", "compgen -b; compgen -k")));

    assertThat(listed.stdout().text().lines())
        .isNotEmpty()
        .allSatisfy(name -> assertThat(ShellLine.words(name)).as(name).isEmpty());
  }

  @Test
  void random_lines_say_and_do_what_they_do_in_the_shell() throws IOException {
    long seed = Long.getLong("happo.seed", System.nanoTime());
    Random random = new Random(seed);
    List<String> programs = programs();
    List<Path> files = files();
    int withoutShell = 0;
    for (int i = 0; i < LINES; i++) {
      String line = line(random, programs);
      withoutShell += ShellLine.words(line).isPresent() ? 1 : 0;
      Command command = Command.shell(line).in(surroundings());

      String ours = "";
      String shells = " ";
      // What a line shows may change meanwhile, as the times of the system's folders do.
      for (int attempt = 0; attempt < 3 && !ours.equals(shells); attempt++) {
        ours = seen(outcome(command));
        removeAllBut(files);
        // One argument more, and it is no line for Exec but any program: the shell itself.
        shells =
            seen(
                outcome(
                    Command.direct(List.of("/bin/sh", "-c", line, "/bin/sh")).in(surroundings())));
        removeAllBut(files);
      }

      assertThat(ours).as("-Dhappo.seed=%d: %s", seed, line).isEqualTo(shells);
    }
    assertThat(withoutShell).isBetween(LINES / 5, LINES * 4 / 5);
  }

  private static String seen(Outcome.Exited outcome) {
    return outcome.status()
        + "\nstdout: "
        + outcome.stdout().text()
        + "\nstderr: "
        + outcome.stderr().text();
  }

  private Outcome.Exited outcome(Command command) {
    Outcome outcome = exec.run(command, LONG, Function.identity());
    assertThat(outcome).as(command.toString()).isInstanceOf(Outcome.Exited.class);
    return (Outcome.Exited) outcome;
  }

  private Surroundings surroundings() {
    var environment =
        Map.of("PATH", "/nowhere:" + folder + "/path:/usr/bin:/bin", "HOME", "/home/x", "A", "b");
    return new Surroundings(environment, folder, Optional.empty());
  }

  /** Programs of every kind, and things that are none; as a line may name them. */
  private List<String> programs() throws IOException {
    Files.createDirectories(folder.resolve("path"));
    String show = "#!/bin/sh\nfor word in \"$0\" \"$@\"; do printf '<%s>' \"$word\"; done\n";
    List<String> names = new ArrayList<>();
    for (String name : List.of("show", "a b", "path/shown", "path/if", "path/echo")) {
      names.add(file(name, show + "echo err >&2\nexit 3\n", "rwxr-xr-x"));
    }
    names.add(file("variables", "#!/usr/bin/env -S sh -c 'env | sort'\n", "rwxr-xr-x"));
    names.add(
        file("ids", "#!/bin/sh\n[ $PPID = \"$(ps -o ppid= $$ | tr -d ' ')\" ]\n", "rwxr-xr-x"));
    names.add(file("killed", "#!/bin/sh\nkill -KILL $$\n", "rwxr-xr-x"));
    names.add(file("ended", "#!/bin/sh\nkill -TERM $$\n", "rwxr-xr-x"));
    names.add(file("plain", "echo plain \"$0\" \"$@\"\n", "rwxr-xr-x"));
    names.add(file("path/plainer", "echo plainer \"$0\" \"$@\"\n", "rwxr-xr-x"));
    names.add(file("empty", "", "rwxr-xr-x"));
    names.add(file("garbage", "\u007fELF garbage\n", "rwxr-xr-x"));
    names.add(file("lost", "#!/nowhere/interpreter\n", "rwxr-xr-x"));
    names.add(file("path/lost", "#!/nowhere/interpreter\n", "rwxr-xr-x"));
    names.add(file("still", show, "rw-r--r--"));
    names.add(file("path/stiller", show, "rw-r--r--"));
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("show"));
    Files.createSymbolicLink(folder.resolve("nowhere"), folder.resolve("gone"));
    names.addAll(
        List.of(
            "./show",
            "./link",
            "./nowhere",
            "show",
            "shown",
            "plainer",
            "stiller",
            "./path",
            "path",
            "/nowhere/x",
            "/etc/passwd/x",
            "nothing",
            "true",
            "/bin/true",
            "/bin/false",
            "/bin/echo",
            "/usr/bin/printf",
            "printf",
            "echo",
            "test",
            "[",
            ":",
            "exit",
            "cd",
            "pwd",
            "if",
            "for",
            "export",
            "set",
            "uname",
            "/bin/ls",
            "ls",
            "head"));
    return names;
  }

  private String file(String name, String text, String permissions) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    return file.toString();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.toList();
    }
  }

  /** Redirections make files, which a glob of the next run would find. */
  private void removeAllBut(List<Path> known) throws IOException {
    for (Path file : files()) {
      if (!known.contains(file)) {
        Files.delete(file);
      }
    }
  }

  private static String line(Random random, List<String> programs) {
    String program = pick(random, programs);
    String first =
        switch (random.nextInt(8)) {
          case 0 -> "'" + program + "'";
          case 1 -> '"' + program + '"';
          case 2 -> program.replace("h", "\\h");
          case 3 -> pick(random, List.of("A=b ", "! ", "\\", "~", "=", "'' ", " ", "\t")) + program;
          default -> program.replace(" ", "\\ ");
        };
    return first
        + Stream.generate(() -> pick(random, List.of(" ", " ", "  ", "\t", "")) + word(random))
            .limit(random.nextInt(5))
            .collect(Collectors.joining());
  }

  private static String word(Random random) {
    return Stream.generate(() -> part(random))
        .limit(1 + random.nextInt(3))
        .collect(Collectors.joining());
  }

  private static String part(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> "'" + inQuotes(random).replace("'", "") + "'";
      case 1 -> '"' + inQuotes(random).replaceAll("[\"$`\\\\]", "") + '"';
      case 2 -> "\"a\\\\b\\$c\\`d\\\"e\\f\\ g\"";
      case 3 -> "\\" + (char) (' ' + random.nextInt('~' - ' ' + 1));
      case 4 ->
          random.nextInt(3) > 0
              ? "x"
              : pick(
                  random,
                  List.of(
                      "*",
                      "?",
                      "[a-z]",
                      "$HOME",
                      "${A}",
                      "$(",
                      "$(./show)",
                      "`",
                      "#",
                      "~",
                      ";",
                      "<",
                      ">",
                      ">out",
                      "2>&1",
                      "(",
                      ")",
                      "{",
                      "}",
                      "{a,b}",
                      "!",
                      "\n",
                      "\\\n",
                      "'",
                      "\"",
                      "\\",
                      "^",
                      "é",
                      "\u0001",
                      "$'a'",
                      "$\"a\"",
                      "\r"));
      default ->
          pick(
              random,
              List.of(
                  "-w", "5", "--x=y", "a,b", "90%", "A=b", "/", ".", "..", "-", "--", "u@h:1", "if",
                  "x+y", "%1", "-n"));
    };
  }

  private static String inQuotes(Random random) {
    return random
        .ints(random.nextInt(6), ' ', '~' + 1)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  private static String pick(Random random, List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
