package io.happo.dist;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistributionTest {
  private static final Path TARGET = Path.of(System.getProperty("happo.root"), "dist", "target");
  private static final Path HOME = TARGET.resolve("happo");
  private static final long MAX_ARCHIVE_BYTES = 30_000_000;

  @TempDir Path folder;

  @Test
  void both_programs_tell_their_version_with_no_java_and_no_path() throws Exception {
    for (Program program : Product.AGENT.programs()) {
      Result result = run(Map.of("PATH", "/nonexistent"), HOME.resolve("bin/" + program.name()));
      assertThat(result.exit).as(result.text).isZero();
      assertThat(result.text).startsWith(program.name() + " version ").hasLineCount(1);
    }
  }

  @Test
  void launcher_is_found_through_links_and_a_folder_with_blanks() throws Exception {
    Path blanks = Files.createDirectories(folder.resolve("a folder with blanks"));
    Path home = Files.createSymbolicLink(blanks.resolve("moved here"), HOME);
    Path relative = Files.createDirectories(blanks.resolve("bin"));
    Files.createSymbolicLink(
        relative.resolve("check_happo"), Path.of("../moved here/bin/check_happo"));
    Path absolute =
        Files.createSymbolicLink(folder.resolve("link"), relative.resolve("check_happo"));
    for (Path launcher : List.of(home.resolve("bin/check_happo"), absolute)) {
      Result result = run(Map.of(), launcher);
      assertThat(result.exit).as(result.text).isZero();
      assertThat(result.text).startsWith("check_happo version ").hasLineCount(1);
    }
  }

  @Test
  void launcher_alone_says_what_to_copy() throws Exception {
    for (Program program : Product.AGENT.programs()) {
      Path alone = folder.resolve(program.name());
      Files.copy(HOME.resolve("bin").resolve(program.name()), alone);
      assertThat(alone.toFile().setExecutable(true)).isTrue();
      Result result = run(Map.of(), alone);
      assertThat(result.exit).isEqualTo(program.name().equals("check_happo") ? 3 : 1);
      assertThat(result.text)
          .contains("copy the whole folder, or make a symbolic link")
          .hasLineCount(1);
    }
  }

  @Test
  void what_the_environment_tells_other_java_programs_does_not_reach_ours() throws Exception {
    Map<String, String> hostile =
        Map.of(
            "JAVA_HOME", "/nonexistent",
            "CLASSPATH", "/nonexistent",
            "JAVA_TOOL_OPTIONS", "-Dpicked=up",
            "_JAVA_OPTIONS", "-Xmx1k",
            "JDK_JAVA_OPTIONS", "--no-such-option",
            "JDK_AOT_VM_OPTIONS", "--no-such-option");
    for (Program program : Product.AGENT.programs()) {
      Result result = run(hostile, HOME.resolve("bin/" + program.name()));
      assertThat(result.exit).as(result.text).isZero();
      assertThat(result.text).startsWith(program.name() + " version ").hasLineCount(1);
    }
  }

  @Test
  void launcher_tells_the_agent_what_to_put_back_for_plugins() throws Exception {
    Path home = launcherThatPrintsItsEnvironment();
    Result result =
        run(
            Map.of(
                "JAVA_TOOL_OPTIONS", "for a plugin",
                "HAPPO_KEEP_JDK_JAVA_OPTIONS", "from an outer agent"),
            home.resolve("bin/happo-agent"));
    assertThat(result.text.lines())
        .contains(
            "MALLOC_ARENA_MAX=1",
            "HAPPO_KEEP_JAVA_TOOL_OPTIONS=for a plugin",
            "HAPPO_LAUNCHER_ENV=LC_ALL MALLOC_ARENA_MAX JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS"
                + " _JAVA_OPTIONS JDK_AOT_VM_OPTIONS")
        .noneMatch(line -> line.startsWith("JAVA_TOOL_OPTIONS="))
        .noneMatch(line -> line.startsWith("HAPPO_KEEP_JDK_JAVA_OPTIONS="));
  }

  @Test
  void each_program_has_its_cache_and_starts_without_a_word_when_it_is_gone_or_damaged()
      throws Exception {
    for (Program program : Product.AGENT.programs()) {
      Path cache = HOME.resolve("lib").resolve(program.cacheFile());
      assertThat(cache).isNotEmptyFile();
      Path other = folder.resolve(program.cacheFile());
      Path launcher = folder.resolve(program.name());
      Files.writeString(
          launcher,
          Files.readString(HOME.resolve("bin").resolve(program.name()))
              .replace("$home/lib/" + program.cacheFile(), other.toString())
              .replace("$home", HOME.toString()));
      assertThat(launcher.toFile().setExecutable(true)).isTrue();
      assertThat(run(Map.of(), launcher).text)
          .startsWith(program.name() + " version ")
          .hasLineCount(1);
      Files.writeString(other, "no cache at all");
      assertThat(run(Map.of(), launcher).text)
          .startsWith(program.name() + " version ")
          .hasLineCount(1);
    }
  }

  @Test
  void cache_serves_in_another_place_too() throws Exception {
    Result copy =
        run(
            Map.of(),
            Path.of("/bin/cp"),
            "-Rp",
            HOME.toString(),
            folder.resolve("elsewhere").toString());
    assertThat(copy.exit).as(copy.text).isZero();
    for (Program program : Product.AGENT.programs()) {
      Path launcher = folder.resolve("elsewhere/bin").resolve(program.name());
      // Insists on the cache instead of doing without.
      Files.writeString(
          launcher,
          Files.readString(launcher)
              .replace(",aot*=off,cds*=off", "")
              .replace("\"-XX:AOTCache=", "-XX:AOTMode=on \"-XX:AOTCache="));
      Result result = run(Map.of(), launcher);
      assertThat(result.exit).as(result.text).isZero();
      assertThat(result.text).startsWith(program.name() + " version ").hasLineCount(1);
    }
  }

  @Test
  void runtime_has_every_module_that_our_code_uses() throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("--print-module-deps", "--ignore-missing-deps"));
    arguments.addAll(List.of("--multi-release", "25", "--class-path", HOME.resolve("lib") + "/*"));
    try (Stream<Path> files = Files.list(HOME.resolve("lib"))) {
      files
          .filter(file -> file.getFileName().toString().matches("happo-.*\\.jar"))
          .forEach(file -> arguments.add(file.toString()));
    }
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
    int exit = jdeps.run(out, out, arguments.toArray(new String[0]));
    assertThat(exit).as(text.toString()).isZero();
    assertThat(Product.AGENT.runtime())
        .as("modules of the agent's runtime")
        .contains(text.toString().strip().split(","));
  }

  @Test
  void folder_is_complete() {
    assertThat(
            Stream.of(
                "LICENSE",
                "NOTICE",
                "etc/happo-agent.env",
                "lib/libhappo_exec.so",
                "lib/libnetty_tcnative_linux_x86_64.so",
                "share/man/man1/check_happo.1",
                "share/man/man8/happo-agent.8",
                "share/bash-completion/completions/check_happo",
                "share/systemd/happo-agent.service",
                "share/systemd/happo-agent-autoscaling-leave.service",
                "runtime/legal/java.base/LICENSE"))
        .allSatisfy(file -> assertThat(HOME.resolve(file)).isNotEmptyFile());
  }

  @Test
  void library_of_our_own_asks_for_no_version_of_the_c_library() throws Exception {
    assertThat(Files.readString(HOME.resolve("lib/libhappo_exec.so"), ISO_8859_1))
        .contains("Java_io_happo_agent_exec_Libc_invoke")
        .doesNotContain("GLIBC_");
  }

  @Test
  void archive_is_small_enough() throws Exception {
    try (Stream<Path> files = Files.list(TARGET)) {
      assertThat(
              files.filter(file -> file.getFileName().toString().matches("happo-\\d.*\\.tar\\.gz")))
          .singleElement()
          .satisfies(
              archive -> assertThat(Files.size(archive)).isLessThanOrEqualTo(MAX_ARCHIVE_BYTES));
    }
  }

  /** The real launcher, before a program that prints its environment. */
  private Path launcherThatPrintsItsEnvironment() throws IOException {
    Path home = folder.resolve("home");
    Path program = home.resolve("runtime/bin/happo-agent");
    Files.createDirectories(program.getParent());
    Files.writeString(program, "#!/bin/sh\nenv\n");
    Path launcher = home.resolve("bin/happo-agent");
    Files.createDirectories(launcher.getParent());
    Files.copy(HOME.resolve("bin/happo-agent"), launcher);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    return home;
  }

  private record Result(int exit, String text) {}

  /**
   * Runs a launcher with {@code --version} unless there are arguments, in an environment of these
   * variables only.
   */
  private Result run(Map<String, String> environment, Path launcher, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(arguments.length == 0 ? List.of("--version") : List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().putAll(environment);
    Process process =
        builder.redirectErrorStream(true).redirectInput(new File("/dev/null")).start();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Result(process.waitFor(), text);
  }
}
