package io.happo.agent.collectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.agent.checks.Builtins;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.MemoryFolder;
import io.happo.agent.collectors.CollectorStatus.State;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.ExecSettings;
import io.happo.core.link.Item;
import io.happo.core.plan.Collector;
import io.happo.program.log.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With programs of the shell: each pid that runs stands in a file. */
@Timeout(120)
class CollectorsTest {
  private static final String RUN = "echo up $$; while :; do sleep 0.1; done";

  @TempDir Path folder;
  private final Exec exec = new Exec(ExecSettings.withDefaults(Map.of("PATH", "/usr/bin:/bin")));
  private final List<Item.Event> events = new CopyOnWriteArrayList<>();
  private final CollectorChecks checks = new CollectorChecks();
  private Collectors collectors;

  @BeforeEach
  void begin() {
    collectors = another();
    checks.see(collectors);
  }

  private Collectors another() {
    return new Collectors(
        new CollectorSettings(
            exec,
            Map.of("PATH", "/usr/bin:/bin"),
            folder,
            events::add,
            () -> "host",
            InstantSource.system()),
        _ -> {});
  }

  @AfterEach
  void end() {
    collectors.close();
    exec.close();
    assertThat(processes()).isEmpty();
  }

  /** All that come from collectors of this test, wherever they are. */
  private List<Long> processes() {
    return ProcessHandle.allProcesses().map(ProcessHandle::pid).filter(this::isOurs).toList();
  }

  private boolean isOurs(long pid) {
    try {
      return Files.readString(
              Path.of("/proc/" + pid + "/environ"), java.nio.charset.StandardCharsets.ISO_8859_1)
          .contains("HAPPO_COLLECTOR=" + folder);
    } catch (IOException e) {
      return false;
    }
  }

  private static Collector collector(String name, String script) {
    return collector(name, script, List.of(), Map.of(), 0);
  }

  private static Collector collector(
      String name, String script, List<String> validate, Map<String, String> files, long memory) {
    return new Collector(
        name,
        List.of("/bin/sh", "-c", script),
        validate,
        new TreeMap<>(files),
        new TreeMap<>(Map.of("CONF", "{{folder}}/conf")),
        memory,
        List.of(),
        Collector.DEFAULT_SCRAPE);
  }

  private static Collector ofProgram(String name, String program) {
    return new Collector(
        name,
        List.of(program),
        List.of(),
        new TreeMap<>(),
        new TreeMap<>(),
        0,
        List.of(),
        Collector.DEFAULT_SCRAPE);
  }

  private static final List<String> VALIDATE =
      List.of("/bin/sh", "-c", "cat {{folder}}/conf; grep -q good {{folder}}/conf");

  private CollectorStatus status(String name) {
    return collectors.status(name, 100).orElseThrow();
  }

  private long runs(String name) {
    await().until(() -> status(name).pid() != 0 && !status(name).log().isEmpty());
    return status(name).pid();
  }

  private String check(String name) {
    var machine = Machine.here(InstantSource.system(), new MemoryFolder(folder.resolve("memory")));
    var answer =
        new Builtins(checks, machine).run("check_collector", List.of(name), Duration.ofSeconds(5));
    return answer == null ? "" : answer.status() + " " + answer.stdout();
  }

  private List<String> told() {
    return events.stream().map(Item.Event::name).toList();
  }

  private static void kill(long pid) {
    assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
  }

  @Test
  void a_collector_is_started_with_its_files_and_ended_with_the_agent() throws Exception {
    collectors.use(
        List.of(
            collector(
                "a",
                "cat $CONF; pwd; stat -c %a . conf; " + RUN,
                VALIDATE,
                Map.of("conf", "good {{folder}} {{.State}}\n"),
                0)));
    long pid = runs("a");
    await().until(() -> status("a").log().contains("up " + pid));
    try (Stream<Path> all = Files.list(folder.resolve("a"))) {
      var configuration = all.toList().getFirst();
      assertThat(status("a").log())
          .contains(
              "good " + configuration + " {{.State}}", configuration.toString(), "700", "600");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(configuration)))
          .isEqualTo("rwx------");
    }
    assertThat(check("a"))
        .startsWith("0 COLLECTOR OK - a runs since ")
        .contains("pid " + pid, "| restarts=0c;;;0 uptime=", "\nup " + pid);
    assertThat(told()).containsExactly("collector-started");
    collectors.close();
    assertThat(processes()).isEmpty();
    assertThat(told()).containsExactly("collector-started");
  }

  @Test
  void one_that_is_killed_is_back_after_its_pause_and_that_is_told() {
    collectors.use(List.of(collector("a", RUN)));
    long pid = runs("a");
    kill(pid);
    await().until(() -> status("a").pid() != 0 && status("a").pid() != pid);
    assertThat(status("a").starts()).isEqualTo(1);
    assertThat(check("a"))
        .startsWith("1 COLLECTOR WARNING - a runs since ")
        .contains("started again", "signal 9", "restarts=1c");
    assertThat(told()).containsExactly("collector-started", "collector-ended", "collector-started");
    assertThat(events.get(1).text()).contains("signal 9", "it said: up " + pid);
  }

  @Test
  void one_that_starts_with_another_configuration_is_not_told_as_one_that_had_ended() {
    collectors.use(List.of(collector("a", RUN)));
    long pid = runs("a");
    kill(pid);
    await().until(() -> status("a").pid() != 0 && status("a").pid() != pid);
    long again = status("a").pid();
    collectors.use(List.of(collector("a", RUN, List.of(), Map.of("conf", "new"), 0)));
    await().until(() -> status("a").pid() != 0 && status("a").pid() != again);
    assertThat(check("a")).startsWith("0 COLLECTOR OK - a runs since ").contains("restarts=0c");
  }

  @Test
  void a_configuration_that_is_refused_changes_nothing_but_what_is_told(@TempDir Path elsewhere)
      throws Exception {
    var log = elsewhere.resolve("happo.log");
    Log.open(log, System.Logger.Level.WARNING);
    collectors.use(List.of(collector("a", RUN, VALIDATE, Map.of("conf", "good"), 0)));
    long pid = runs("a");
    collectors.use(List.of(collector("a", RUN, VALIDATE, Map.of("conf", "bad\nline 7"), 0)));
    await().until(() -> !status("a").refused().isEmpty());
    assertThat(status("a").pid()).isEqualTo(pid);
    assertThat(check("a"))
        .startsWith("1 COLLECTOR WARNING - a runs since ")
        .contains("its configuration is refused: /bin/sh ended with exit status 1: bad; line 7");
    assertThat(told()).containsExactly("collector-started", "collector-config-refused");
    assertThat(Files.readString(log))
        .contains("exit status 1; its check on the hub, or check_collector a, shows what it said")
        .doesNotContain("line 7");
    // What is in use is started again as it was.
    kill(pid);
    await().until(() -> status("a").pid() != 0 && status("a").pid() != pid);
    collectors.use(List.of(collector("a", RUN, VALIDATE, Map.of("conf", "good"), 0)));
    await().until(() -> status("a").refused().isEmpty());
    long again = status("a").pid();
    collectors.use(List.of(collector("a", RUN, VALIDATE, Map.of("conf", "good too"), 0)));
    await().until(() -> status("a").pid() != 0 && status("a").pid() != again);
    try (Stream<Path> all = Files.list(folder.resolve("a"))) {
      assertThat(all).singleElement().matches(one -> Files.exists(one.resolve("conf")));
    }
  }

  @Test
  void one_whose_first_configuration_is_refused_is_not_started() {
    collectors.use(List.of(collector("a", RUN, VALIDATE, Map.of("conf", "bad"), 0)));
    await().until(() -> status("a").state() == State.REFUSED);
    assertThat(check("a")).startsWith("2 COLLECTOR CRITICAL - a is not started: its configuration");
    assertThat(folder.resolve("a")).doesNotExist();
    collectors.use(List.of(collector("a", RUN, VALIDATE, Map.of("conf", "good"), 0)));
    runs("a");
  }

  @Test
  void the_end_does_not_wait_for_a_check_that_hangs() {
    var hangs = List.of("/bin/sh", "-c", "sleep 1008");
    collectors.use(List.of(collector("a", RUN, hangs, Map.of(), 0)));
    await().until(() -> !processes().isEmpty());
    collectors.close();
    assertThat(processes()).isEmpty();
    assertThat(told()).isEmpty();
  }

  @Test
  void a_program_that_is_not_there_is_told_before_the_old_one_is_ended() {
    collectors.use(List.of(collector("a", RUN)));
    long pid = runs("a");
    var missing = ofProgram("a", "no-such-program");
    collectors.use(List.of(missing));
    await().until(() -> !status("a").refused().isEmpty());
    assertThat(check("a"))
        .startsWith("1 COLLECTOR WARNING - a runs since ")
        .contains(
            "; its newer configuration is not used: no-such-program is not on the PATH that the"
                + " agent starts it with (/usr/bin:/bin); install it, or give an absolute path |");
    assertThat(status("a").pid()).isEqualTo(pid);
    collectors.use(List.of(missing, ofProgram("b", "/no/such")));
    await().until(() -> status("b").state() == State.REFUSED);
    assertThat(check("b"))
        .startsWith(
            "2 COLLECTOR CRITICAL - b is not started: /no/such: no such file or directory |");
  }

  @Test
  void one_that_takes_too_much_memory_is_ended_and_started_again() {
    collectors.use(List.of(collector("a", RUN, List.of(), Map.of(), 100L << 20)));
    long pid = runs("a");
    collectors.look(_ -> Map.of(pid, 100L << 20));
    assertThat(status("a").residentBytes()).isEqualTo(100L << 20);
    collectors.look(_ -> Map.of(pid, 101L << 20));
    await().until(() -> status("a").pid() != 0 && status("a").pid() != pid);
    assertThat(told())
        .containsExactly("collector-started", "collector-over-memory", "collector-started");
    assertThat(check("a"))
        .startsWith("1 ")
        .contains("it took 101 MiB of memory, more than its 100 MiB");
  }

  @Test
  void its_own_memory_is_seen() {
    collectors.use(List.of(collector("a", RUN)));
    runs("a");
    collectors.look(Exec::residentBytes);
    assertThat(status("a").residentBytes()).isBetween(100L << 10, 100L << 20);
  }

  @Test
  void one_that_goes_into_the_background_is_told_and_not_left() {
    collectors.use(List.of(collector("a", "setsid -f sleep 1007; echo gone")));
    await().until(() -> status("a").state() == State.WAITING);
    assertThat(status("a").lastEnd()).contains("exit status 0", "have it stay in the foreground");
    assertThat(check("a"))
        .startsWith("2 COLLECTOR CRITICAL - a does not run: exit status 0")
        .contains("in the foreground, it said: gone; started again in", " | restarts=0c;;;0\n");
  }

  @Test
  void what_is_gone_from_the_plan_is_ended_with_its_files_and_may_come_back() {
    collectors.use(List.of(collector("a", RUN), collector("b", RUN)));
    long pid = runs("a");
    long other = runs("b");
    collectors.use(List.of(collector("b", RUN)));
    assertThat(collectors.status("a", 1)).isEmpty();
    assertThat(check("a"))
        .startsWith("3 UNKNOWN - this agent keeps no collector 'a' running: its plan has none")
        .contains("a token has no value here");
    collectors.use(List.of(collector("a", RUN), collector("b", RUN)));
    assertThat(runs("a")).isNotEqualTo(pid);
    assertThat(status("b").pid()).isEqualTo(other);
    collectors.use(List.of());
    await().until(() -> processes().isEmpty());
    await().until(() -> !Files.exists(folder.resolve("a")));
  }

  @Test
  void what_an_agent_before_has_left_is_ended_before_anything_is_started() throws Exception {
    collectors.use(List.of(collector("a", "trap '' TERM; " + RUN)));
    long pid = runs("a");
    Files.createDirectories(folder.resolve("old/0123"));
    var next = another();
    try {
      next.use(List.of(collector("a", RUN)));
      await().until(() -> next.status("a", 1).orElseThrow().pid() != 0);
      assertThat(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)).isFalse();
      assertThat(folder.resolve("old")).doesNotExist();
    } finally {
      collectors.close();
      next.close();
    }
  }

  @Test
  void many_ends_in_a_row_are_a_crash_loop() {
    var names = new ArrayList<String>();
    collectors.use(
        List.of(collector("a", "echo no such port; echo '" + "z".repeat(101) + "'; exit 7")));
    await().atMost(Duration.ofSeconds(40)).until(() -> status("a").state() == State.CRASH_LOOP);
    names.addAll(told());
    assertThat(names).filteredOn("collector-ended"::equals).hasSize(Restarts.MOST_ENDS);
    assertThat(names).endsWith("collector-crash-loop");
    assertThat(check("a"))
        .startsWith(
            "2 COLLECTOR CRITICAL - a ends again and again: exit status 7, it said: "
                + "z".repeat(100)
                + "...; tried again in")
        .contains("no such port");
  }
}
