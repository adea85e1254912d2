package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.hub.store.PostgresCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Agents run checks for a while in which something goes wrong every few seconds: the hub and agents
 * are killed, links are cut or go half-open, clocks jump, disks are slow or full, PostgreSQL
 * crashes. At the end each result that was produced is in the hub once, with its own time.
 *
 * <p>What was produced the checks themselves write down, in a file of their agent. A run that ends
 * within {@link #GRACE_SECONDS} before its agent is killed may be lost: nobody had its result yet.
 * So may one of an agent whose disk is full, when it is killed before the hub can have it.
 *
 * <p>The long form: {@code ./mvnw -pl e2e -am verify -Dtest=LossCampaignTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dhappo.loss.seconds=1800 -Dhappo.loss.agents=20}.
 */
final class LossCampaignTest {
  private static final int SECONDS = Integer.getInteger("happo.loss.seconds", 20);
  private static final int AGENTS = Integer.getInteger("happo.loss.agents", 4);
  private static final double GRACE_SECONDS = 2;
  private static final double HELD_SECONDS = 5;
  private static final long CLOCK_STEP_MILLIS = TimeUnit.HOURS.toMillis(1);
  private static final long NEAR_MILLIS = 5_000;
  private static final Duration FILL_IN = Duration.ofMinutes(3);

  private static final String CHECK =
      """
      #!/bin/sh
      read -r id </proc/sys/kernel/random/uuid
      read -r begin rest </proc/uptime
      echo "OK - $id"
      read -r end rest </proc/uptime
      echo "$id $begin $end" >>produced
      """;

  /** What a check wrote down; times are seconds since the machine has started. */
  private record Produced(String id, int agent, double begin, double end) {}

  /** One agent with its link, its faults, and when it was killed. */
  private final class Machine {
    private final int number;
    private final Path home;
    private final FaultyLink link;
    private final Faults faults;
    private final List<Double> kills = new ArrayList<>();
    private final List<Double> fullFrom = new ArrayList<>();
    private final List<Double> fullTo = new ArrayList<>();
    private Daemon daemon;

    Machine(int number, Path library, String token) throws IOException {
      this.number = number;
      home = Files.createDirectories(folder.resolve("agent-" + number));
      link = new FaultyLink(hubPort);
      faults = new Faults(library, home.resolve("faults"));
      var joined =
          Run.of(
              home,
              Map.of(),
              List.of(
                  Programs.agent().toString(), "join", "https://127.0.0.1:" + link.port(), token));
      assertThat(joined.exit()).as(joined.stderr()).isZero();
      daemon = start();
    }

    private Daemon start() {
      return Daemon.start(home, faults.environment(), List.of("--disable-collect-metrics"));
    }

    void kill() throws InterruptedException {
      daemon.process().destroyForcibly().waitFor();
      kills.add(uptime());
      daemon = start();
    }

    void fillDisk() {
      fullFrom.add(uptime());
      faults.full(true);
    }

    void heal() {
      link.heal();
      faults.heal();
      if (fullTo.size() < fullFrom.size()) {
        fullTo.add(uptime());
      }
    }

    List<Produced> produced() throws IOException {
      var all = new ArrayList<Produced>();
      for (var line : Files.readAllLines(home.resolve("produced"))) {
        var words = line.split(" ", -1);
        if (words.length == 3) {
          all.add(
              new Produced(
                  words[0], number, Double.parseDouble(words[1]), Double.parseDouble(words[2])));
        }
      }
      return all;
    }

    /** Whether a run may have been cut off between its end and the writing down of its result. */
    boolean maybeCutOff(Produced run) {
      return kills.stream()
          .anyMatch(
              kill ->
                  (run.end() > kill - GRACE_SECONDS && run.begin() < kill + 0.1)
                      || (run.end() < kill && isHeld(run, kill)));
    }

    /** Whether its result may have been in memory alone when the agent was killed. */
    private boolean isHeld(Produced run, double kill) {
      for (int i = 0; i < fullTo.size(); i++) {
        if (run.end() >= fullFrom.get(i)
            && run.end() < fullTo.get(i) + 1
            && kill < fullTo.get(i) + HELD_SECONDS) {
          return true;
        }
      }
      return false;
    }

    void close() {
      daemon.close();
      link.close();
    }
  }

  @TempDir Path folder;

  private final Random random = new Random();
  private final List<Machine> machines = new ArrayList<>();
  private final Map<String, Integer> faultCounts = new TreeMap<>();
  private final List<String> faultLog = new ArrayList<>();
  private List<String> store = List.of();
  private @Nullable PostgresCluster postgres;
  private int hubPort;

  @SuppressWarnings("NullAway.Init")
  private HubDaemon hub;

  @SuppressWarnings("NullAway.Init")
  private Faults hubFaults;

  @Test
  @Timeout(7_200)
  void no_result_is_lost_or_doubled_whatever_goes_wrong_on_sqlite() throws Exception {
    campaign(List.of());
  }

  @Test
  @Timeout(7_200)
  void no_result_is_lost_or_doubled_whatever_goes_wrong_on_postgresql() throws Exception {
    postgres = PostgresCluster.start();
    try {
      campaign(List.of("--store", postgres.newDatabase()));
    } finally {
      postgres.close();
    }
  }

  private void campaign(List<String> flags) throws Exception {
    var library = Faults.compile(folder);
    store = flags;
    hubPort = Ports.free();
    hubFaults = new Faults(library, folder.resolve("hub-faults"));
    hub = startHub();
    applyPlan();
    var token = hub.token();
    for (int i = 0; i < AGENTS; i++) {
      machines.add(new Machine(i, library, token));
    }
    try {
      for (var machine : machines) { // Some results before anything goes wrong.
        await().atMost(FILL_IN).until(() -> Files.exists(machine.home.resolve("produced")));
      }
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      while (System.nanoTime() < end) {
        goWrong();
        Thread.sleep(1_000 + random.nextInt(3_000));
      }
      heal();
      Thread.sleep(3_000); // What is in memory alone gets to the hub.
      for (var machine : machines) {
        machine.daemon.process().destroy(); // With a goodbye: what it has is kept and sent later.
        machine.daemon.process().waitFor();
        machine.daemon = machine.start();
      }
      judge();
    } finally {
      machines.forEach(Machine::close);
      hub.close();
    }
  }

  private HubDaemon startHub() {
    return HubDaemon.start(folder.resolve("hub"), hubPort, hubFaults.environment(), store);
  }

  private void applyPlan() throws IOException {
    var plan = Files.createDirectories(folder.resolve("plan"));
    var scripts = Files.createDirectories(plan.resolve("scripts"));
    var script = scripts.resolve("produce.sh");
    Files.writeString(script, CHECK);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    var checks = new StringBuilder("checks:\n");
    for (var check : List.of("one every: 1s", "two every: 1s", "three every: 2s")) {
      var words = check.split(" ", 2);
      checks.append("  - name: ").append(words[0]).append("\n    script: produce.sh\n    ");
      checks.append(words[1]).append('\n');
    }
    Files.writeString(plan.resolve("checks.yaml"), checks);
    hub.say("plan", "apply", plan.toString());
  }

  private Machine anyone() {
    return machines.get(random.nextInt(machines.size()));
  }

  private void heal() {
    machines.forEach(Machine::heal);
    hubFaults.heal();
  }

  private void goWrong() throws IOException, InterruptedException {
    var who = anyone();
    heal();
    var faults =
        List.of(
            "kill hub",
            "kill agent",
            "kill agent",
            "cut link",
            "half-open link",
            "clock of agent",
            "clock of hub",
            "slow sync of hub",
            "full disk of agent",
            postgres == null ? "full disk of hub" : "restart of PostgreSQL",
            "all links cut");
    var fault = faults.get(random.nextInt(faults.size()));
    faultCounts.merge(fault, 1, Integer::sum);
    faultLog.add("%.2f %s (agent %d)".formatted(uptime(), fault, who.number));
    switch (fault) {
      case "kill hub" -> {
        hub.process().destroyForcibly().waitFor();
        Thread.sleep(random.nextInt(2_000));
        hub = startHub();
      }
      case "kill agent" -> who.kill();
      case "cut link" -> who.link.cut();
      case "half-open link" -> who.link.stall();
      case "clock of agent" -> who.faults.clock(step());
      case "clock of hub" -> hubFaults.clock(step());
      case "slow sync of hub" -> hubFaults.sync(300);
      case "full disk of agent" -> who.fillDisk();
      case "full disk of hub" -> hubFaults.full(true);
      case "restart of PostgreSQL" -> {
        Objects.requireNonNull(postgres).crash();
        Thread.sleep(random.nextInt(2_000));
        postgres.startServer();
      }
      default -> machines.forEach(machine -> machine.link.cut());
    }
  }

  private long step() {
    return random.nextBoolean() ? CLOCK_STEP_MILLIS : -CLOCK_STEP_MILLIS;
  }

  private void judge() throws Exception {
    var produced = new HashMap<String, Produced>();
    var excused = new HashSet<String>();
    long end = System.nanoTime() + FILL_IN.toNanos();
    while (true) {
      produced.clear();
      excused.clear();
      for (var machine : machines) {
        for (var run : machine.produced()) {
          // What ran last is on its way.
          if (run.end() < uptime() - 5) {
            produced.put(run.id(), run);
            if (machine.maybeCutOff(run)) {
              excused.add(run.id());
            }
          }
        }
      }
      var stored = new Stored();
      stored.readAll();
      var lost = new HashSet<>(produced.keySet());
      lost.removeAll(stored.times.keySet());
      lost.removeAll(excused);
      if (lost.isEmpty() || System.nanoTime() > end) {
        tell(produced, excused, stored, lost);
        assertThat(lost).as("lost").isEmpty();
        assertThat(stored.doubled).as("doubled").isEmpty();
        assertThat(stored.outOfTime(produced)).as("with another time than their own").isEmpty();
        assertThat(produced.size()).isGreaterThan(excused.size());
        return;
      }
      Thread.sleep(2_000);
    }
  }

  private void tell(
      Map<String, Produced> produced, Set<String> excused, Stored stored, Set<String> lost) {
    var excusedAndStored = new HashSet<>(excused);
    excusedAndStored.retainAll(stored.times.keySet());
    System.out.printf(
        "campaign seconds=%d agents=%d faults=%s produced=%d cut-off=%d (of these stored %d)"
            + " stored=%d lost=%d doubled=%d%n",
        SECONDS,
        AGENTS,
        faultCounts,
        produced.size(),
        excused.size(),
        excusedAndStored.size(),
        stored.times.size(),
        lost.size(),
        stored.doubled.size());
    if (!lost.isEmpty()) {
      System.out.println("what went wrong when, in seconds since the machine has started:");
      faultLog.forEach(System.out::println);
      lost.forEach(id -> System.out.println("lost " + produced.get(id)));
      System.out.println("the hub's log: " + hub.stderr());
    }
  }

  /** What the hub has. */
  private final class Stored {
    private final Map<String, Long> times = new HashMap<>();
    private final Set<String> doubled = new HashSet<>();

    void readAll() {
      for (var agent : Json.parse(hub.say("agents", "--json")).at("agents").items()) {
        for (var check : List.of("one", "two", "three")) {
          var run = hub.run("history", agent.at("id").text(), check, "--limit", "10000", "--json");
          if (run.exit() == 0) {
            for (var result : Json.parse(run.stdout()).at("results").items()) {
              // On a busy machine the next line says how late it began.
              var id = result.at("output").text().lines().findFirst().orElse("");
              id = id.replace("OK - ", "");
              if (times.put(id, Long.parseLong(result.at("time").json())) != null) {
                doubled.add(id);
              }
            }
          }
        }
      }
    }

    /** Those whose time is neither when they ran nor that by a clock that had jumped. */
    Set<String> outOfTime(Map<String, Produced> produced) throws IOException {
      long started = System.currentTimeMillis() - (long) (uptime() * 1000);
      var wrong = new HashSet<String>();
      produced.forEach(
          (id, run) -> {
            var time = times.get(id);
            if (time != null) {
              long off = Math.abs(time - started - (long) (run.begin() * 1000));
              if (off > NEAR_MILLIS && Math.abs(off - CLOCK_STEP_MILLIS) > NEAR_MILLIS) {
                wrong.add(id);
              }
            }
          });
      return wrong;
    }
  }

  private static double uptime() {
    try {
      return Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0]);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
