package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The hub is away for an hour, in which an agent runs its checks. Once the agent has reconnected,
 * the hub soon knows how all checks are now, history fills in behind that, and what is over is at
 * no time taken for a trouble of now.
 *
 * <p>The hour goes by on the clocks alone: the agent's is put forward by some minutes whenever each
 * check has run ({@code -Dhappo.hour.step=1}: by one). The hub's disk is slow afterwards, so that
 * the order of what arrives matters.
 */
@Timeout(900)
final class HourWithoutHubTest {
  private static final int CHECKS = 50;
  private static final int MINUTES = 60;
  private static final int STEP_MINUTES = Integer.getInteger("happo.hour.step", 4);
  private static final long MINUTE_MILLIS = 60_000;
  private static final long HOUR_MILLIS = MINUTES * MINUTE_MILLIS;
  private static final long SYNC_MILLIS = 500;

  /** What was asked for: the present within this time of reconnecting. */
  private static final long PRESENT_MILLIS = 5_000;

  private static final long NEAR_MILLIS = 5_000;
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** Troubles by check: the minute in which it begins and the one in which it is over. */
  private static final Map<String, int[]> TROUBLES = new HashMap<>();

  static {
    IntStream.rangeClosed(1, 10).forEach(n -> TROUBLES.put(name(n), new int[] {10, 40}));
    IntStream.rangeClosed(11, 15).forEach(n -> TROUBLES.put(name(n), new int[] {50, MINUTES - 1}));
    IntStream.rangeClosed(16, 20).forEach(n -> TROUBLES.put(name(n), new int[] {45, MINUTES + 1}));
  }

  private static final String CHECK =
      """
      #!/bin/sh
      [ ! -e quiet ] || exec sleep 800
      read -r id </proc/sys/kernel/random/uuid
      read -r begin rest </proc/uptime
      read -r troubles <troubles
      status=0
      case " $troubles " in
        *" $1 "*) status=2 ;;
      esac
      echo "$id PADDING"
      echo "$1 $id $status $begin" >>produced
      exit $status
      """;

  /** What a check wrote down; {@code begin} is seconds since the machine has started. */
  private record Produced(String check, String id, int status, double begin) {}

  /** From an uptime on the agent's clock was so far ahead. */
  private record Step(double uptime, long aheadMillis) {}

  @TempDir Path folder;
  private final List<Step> steps = new ArrayList<>();
  private final Set<String> falseAlarms = new TreeSet<>();

  @SuppressWarnings("NullAway.Init")
  private Path home;

  @SuppressWarnings("NullAway.Init")
  private HubDaemon hub;

  private static String name(int number) {
    return "c%02d".formatted(number);
  }

  private static Set<String> overTroubles() {
    return TROUBLES.keySet().stream()
        .filter(check -> TROUBLES.getOrDefault(check, new int[2])[1] <= MINUTES)
        .collect(Collectors.toSet());
  }

  @Test
  void after_an_hour_the_present_is_right_at_once_history_follows_and_nothing_over_is_told()
      throws Exception {
    var library = Faults.compile(folder);
    var hubFaults = new Faults(library, folder.resolve("hub-faults"));
    int port = Ports.free();
    hub = HubDaemon.start(folder.resolve("hub"), port, hubFaults.environment(), List.of());
    applyPlan();
    home = Files.createDirectories(folder.resolve("agent"));
    Files.writeString(home.resolve("produced"), "");
    var faults = new Faults(library, home.resolve("faults"));
    trouble(0);
    join();
    try (var _ = Daemon.start(home, faults.environment(), List.of("--disable-collect-metrics"))) {
      await().atMost(PATIENCE).until(() -> checks().size() == CHECKS && problems().isEmpty());
      long outage = System.currentTimeMillis();
      hub.process().destroyForcibly().waitFor();
      anHour(faults);
      hubFaults.clock(HOUR_MILLIS); // An hour has gone by there too.
      hubFaults.sync(SYNC_MILLIS);
      hub = HubDaemon.start(folder.resolve("hub"), port, hubFaults.environment(), List.of());
      var produced = produced();
      long reconnected = awaitReconnected();
      long present = awaitPresent(produced, reconnected);
      int before = awaitHistory(produced);
      System.out.printf(
          "hour results=%d reconnected=+0 ms, present right=+%d ms (%d of the results stored then),"
              + " history complete=+%d ms%n",
          produced.size(), present, before, hubMillis() - reconnected);
      hubFaults.sync(0);
      judgeHistory(produced);
      assertThat(falseAlarms).as("over, and yet shown as a trouble").isEmpty();
      judgeStates(outage);
    } finally {
      hub.close();
    }
  }

  private void applyPlan() throws IOException {
    var plan = Files.createDirectories(folder.resolve("plan"));
    var padding = new StringBuilder();
    var random = new Random(1);
    while (padding.length() < 4_000) {
      padding.append(Long.toHexString(random.nextLong()));
    }
    Files.writeString(
        Files.createDirectories(plan.resolve("scripts")).resolve("produce.sh"),
        CHECK.replace("PADDING", padding));
    var checks = new StringBuilder("checks:\n");
    for (int i = 1; i <= CHECKS; i++) {
      checks.append("  - name: ").append(name(i));
      checks.append("\n    script: produce.sh\n    arguments: ").append(name(i));
      checks.append("\n    every: 1s\n    timeout: 15m\n");
    }
    Files.writeString(plan.resolve("checks.yaml"), checks);
    hub.say("plan", "apply", plan.toString());
  }

  private void join() {
    var joined =
        Run.of(
            home, Map.of(), List.of(Programs.agent().toString(), "join", hub.url(), hub.token()));
    assertThat(joined.exit()).as(joined.stderr()).isZero();
  }

  /** From now on checks are as they are in that minute of the hour. */
  private void trouble(int minute) throws IOException {
    var bad =
        TROUBLES.entrySet().stream()
            .filter(trouble -> minute >= trouble.getValue()[0] && minute < trouble.getValue()[1])
            .map(Map.Entry::getKey)
            .collect(Collectors.joining(" "));
    var next = Files.writeString(home.resolve("troubles.next"), bad + "\n");
    Files.move(
        next,
        home.resolve("troubles"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private void anHour(Faults faults) throws IOException {
    steps.add(new Step(0, 0));
    for (int minute = STEP_MINUTES; minute <= MINUTES; minute += STEP_MINUTES) {
      trouble(minute);
      faults.clock(minute * MINUTE_MILLIS);
      double begin = uptime();
      steps.add(new Step(begin, minute * MINUTE_MILLIS));
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(100))
          .until(
              () ->
                  produced().stream()
                          .filter(run -> run.begin() > begin)
                          .map(Produced::check)
                          .distinct()
                          .count()
                      == CHECKS);
    }
    Files.createFile(home.resolve("quiet")); // What runs from here on has no end, and no result.
    await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).until(new Same()::asBefore);
  }

  /** Whether nothing more is written down. */
  private final class Same {
    private int count;

    boolean asBefore() {
      int before = count;
      count = produced().size();
      return count == before;
    }
  }

  private List<Produced> produced() {
    return Run.text(home.resolve("produced"))
        .lines()
        .map(line -> line.split(" ", -1))
        .filter(words -> words.length == 4 && !words[3].isEmpty())
        .map(
            words ->
                new Produced(
                    words[0], words[1], Integer.parseInt(words[2]), Double.parseDouble(words[3])))
        .toList();
  }

  private List<Json> checks() {
    return hub.get("/v1/checks").at("checks").items();
  }

  private Set<String> problems() {
    return hub.get("/v1/checks?status=problem").at("checks").items().stream()
        .map(check -> check.at("check").text())
        .collect(Collectors.toSet());
  }

  private Json agent() {
    return hub.get("/v1/agents").at("agents").items().getFirst();
  }

  private static long hubMillis() {
    return System.currentTimeMillis() + HOUR_MILLIS;
  }

  /** Returns when that was, by the hub's clock. */
  private long awaitReconnected() {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> agent().at("presence").text().equals("connected"));
    return number(agent(), "presenceSince");
  }

  private static long number(Json object, String name) {
    return Long.parseLong(object.at(name).json());
  }

  /** Returns how many milliseconds it took. */
  private long awaitPresent(List<Produced> produced, long reconnected) throws InterruptedException {
    var newest = new HashMap<String, Produced>();
    produced.forEach(run -> newest.put(run.check(), run));
    assertThat(newest).hasSize(CHECKS);
    for (var run : newest.values()) {
      boolean lasts = TROUBLES.containsKey(run.check()) && !overTroubles().contains(run.check());
      assertThat(run.status()).as(run.check()).isEqualTo(lasts ? 2 : 0);
    }
    while (true) {
      var wrong = new TreeSet<String>();
      for (var check : checks()) {
        var run = newest.get(check.at("check").text());
        boolean right =
            run != null
                && check.at("output").text().startsWith(run.id())
                && check.at("status").text().equals(word(run.status()));
        if (!right) {
          wrong.add(check.at("check").text());
        }
        noticeFalseAlarm(check);
      }
      long since = hubMillis() - reconnected;
      if (wrong.isEmpty()) {
        assertThat(since).as("ms until the present was right").isLessThan(PRESENT_MILLIS);
        return since;
      }
      assertThat(since).as("ms, and not right yet: " + wrong).isLessThan(PRESENT_MILLIS);
      Thread.sleep(50);
    }
  }

  private void noticeFalseAlarm(Json check) {
    var name = check.at("check").text();
    if (overTroubles().contains(name) && !check.at("status").text().equals("ok")) {
      falseAlarms.add(name);
    }
  }

  private static String word(int status) {
    return status == 0 ? "ok" : "critical";
  }

  /** Returns how many results were there at first. */
  private int awaitHistory(List<Produced> produced) {
    int first = stored().size();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              checks().forEach(this::noticeFalseAlarm);
              return stored().size() >= produced.size();
            });
    return first;
  }

  private List<Json> stored() {
    var agent = agent().at("id").text();
    var all = new ArrayList<Json>();
    for (int i = 1; i <= CHECKS; i++) {
      var path = "/v1/agents/" + agent + "/checks/" + name(i) + "/history?limit=10000";
      all.addAll(hub.get(path).at("results").items());
    }
    return all;
  }

  private void judgeHistory(List<Produced> produced) throws IOException {
    var byId = new HashMap<String, Produced>();
    produced.forEach(run -> byId.put(run.id(), run));
    var seen = new HashSet<String>();
    long started = System.currentTimeMillis() - (long) (uptime() * 1_000);
    for (var result : stored()) {
      var id = result.at("output").text().split(" ", 2)[0];
      var run = byId.get(id);
      if (run == null) {
        throw new AssertionError("stored, and nobody has produced it: " + id);
      }
      assertThat(seen.add(id)).as("stored once: " + id).isTrue();
      assertThat(result.at("status").text()).isEqualTo(word(run.status()));
      long ran = started + (long) (run.begin() * 1_000);
      long time = number(result, "time");
      assertThat(ahead(run.begin()))
          .as("when " + run + " ran, by the agent's clock")
          .anyMatch(ahead -> Math.abs(time - ran - ahead) < NEAR_MILLIS);
    }
    assertThat(seen).isEqualTo(byId.keySet());
  }

  /** How far ahead the agent's clock may have been when it looked at it for a run. */
  private Set<Long> ahead(double begin) {
    var ahead = new HashSet<Long>();
    for (int i = 0; i < steps.size(); i++) {
      double from = steps.get(i).uptime();
      double to = i + 1 < steps.size() ? steps.get(i + 1).uptime() : Double.MAX_VALUE;
      if (begin >= from - 0.1 && begin < to + NEAR_MILLIS / 1_000.0) {
        ahead.add(steps.get(i).aheadMillis());
      }
    }
    return ahead;
  }

  /** Reads in a copy of the store what was made of what is over. */
  private void judgeStates(long outage) throws SQLException {
    var copy = folder.resolve("copy.db").toString();
    var backup =
        Run.of(
            hub.folder(),
            Map.of(),
            List.of(Programs.hub().toString(), "backup", "--data", "data", copy));
    assertThat(backup.exit()).as(backup.stderr()).isZero();
    int judged = 0;
    try (var store = DriverManager.getConnection("jdbc:sqlite:" + copy);
        var rows =
            store
                .createStatement()
                .executeQuery("SELECT name, hard_status, hard_since, peak FROM checks")) {
      while (rows.next()) {
        var name = rows.getString(1);
        if (overTroubles().contains(name)) {
          judged++;
          assertThat(rows.getInt(2)).as(name).isZero();
          assertThat(rows.getLong(3)).as(name + " is well since").isLessThan(outage);
          assertThat(rows.getInt(4)).as(name + " was in trouble so often").isZero();
        }
      }
    }
    assertThat(judged).isEqualTo(overTroubles().size());
  }

  private static double uptime() throws IOException {
    return Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0]);
  }
}
