package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} in the middle of appending and collecting, again and again on one store. What the
 * daemon has acknowledged must come out; once, or twice where it died between handing a batch over
 * and writing that down.
 *
 * <p>The long form: {@code ./mvnw -pl e2e -am verify -Dtest=KillCampaignTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dhappo.campaign.rounds=1000}.
 */
final class KillCampaignTest {
  private static final int ROUNDS = Integer.getInteger("happo.campaign.rounds", 20);
  private static final int APPENDERS = 3;
  private static final int SHORTEST_ROUND_MILLIS = 50;
  private static final int LONGEST_ROUND_MILLIS = 700;

  /**
   * One answer of {@code /metric}.
   *
   * @param batches the names it held
   * @param round in which it came
   */
  private record Fetch(List<String> batches, Round round) {
    /**
     * Whether the daemon may have been killed before it wrote down that it gave this answer: the
     * next request of the same connection is answered after that.
     */
    boolean maybeNotWrittenDown() {
      return round.killed.get() && round.fetched.getLast().equals(this);
    }
  }

  /** What one round of traffic has seen. */
  private static final class Round {
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final List<Fetch> fetched = Collections.synchronizedList(new ArrayList<>());
    private final AtomicBoolean killed = new AtomicBoolean();
  }

  private final Random random = new Random();

  @Test
  void nothing_acknowledged_is_lost_when_the_daemon_is_killed_at_any_instant(@TempDir Path folder)
      throws Exception {
    var acknowledged = new HashSet<String>();
    var fetches = new ArrayList<Fetch>();
    for (int number = 0; number < ROUNDS; number++) {
      var round = play(folder, number);
      acknowledged.addAll(round.acknowledged);
      fetches.addAll(round.fetched);
    }
    drain(folder, fetches);

    var handedOver = new TreeMap<String, List<Fetch>>();
    fetches.forEach(
        fetch ->
            fetch.batches.forEach(
                batch -> handedOver.computeIfAbsent(batch, b -> new ArrayList<>()).add(fetch)));
    var lost =
        acknowledged.stream().filter(batch -> !handedOver.containsKey(batch)).sorted().toList();
    var repeated =
        handedOver.entrySet().stream().filter(batch -> batch.getValue().size() > 1).toList();
    var wronglyRepeated =
        repeated.stream()
            .filter(batch -> !everyRepeatIsOfAKill(batch.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    System.out.printf(
        "kill campaign: %d rounds, %d batches acknowledged, %d collected, %d lost, %d handed over"
            + " twice across a kill, %d handed over twice without one%n",
        ROUNDS,
        acknowledged.size(),
        handedOver.size(),
        lost.size(),
        repeated.size(),
        wronglyRepeated.size());
    assertThat(acknowledged)
        .as("batches acknowledged in %d rounds", ROUNDS)
        .hasSizeGreaterThan(ROUNDS);
    assertThat(lost).as("acknowledged and lost").isEmpty();
    assertThat(wronglyRepeated)
        .as("handed over twice though the daemon had time to write it down")
        .isEmpty();
  }

  private static boolean everyRepeatIsOfAKill(List<Fetch> fetches) {
    return IntStream.range(1, fetches.size())
        .allMatch(
            n ->
                fetches.get(n - 1).round != fetches.get(n).round
                    && fetches.get(n - 1).maybeNotWrittenDown());
  }

  private Round play(Path folder, int number) throws InterruptedException {
    var round = new Round();
    var daemon = Daemon.start(folder);
    var traffic = new ArrayList<CompletableFuture<Void>>();
    for (int appender = 0; appender < APPENDERS; appender++) {
      var name = "r" + number + "-t" + appender + "-";
      traffic.add(inBackground(() -> append(daemon, round, name)));
    }
    traffic.add(inBackground(() -> collect(daemon, round)));
    TimeUnit.MILLISECONDS.sleep(random.nextInt(SHORTEST_ROUND_MILLIS, LONGEST_ROUND_MILLIS));
    round.killed.set(true);
    daemon.kill();
    traffic.forEach(one -> one.orTimeout(60, TimeUnit.SECONDS).join());
    return round;
  }

  private static CompletableFuture<Void> inBackground(Runnable task) {
    return CompletableFuture.runAsync(task, Thread::startVirtualThread);
  }

  private static void append(Daemon daemon, Round round, String name) {
    talk(
        daemon,
        round,
        "/metric/append",
        n -> batch(name + n, n),
        (n, answer) -> {
          assertThat(answer.status()).as(answer.text()).isEqualTo(200);
          round.acknowledged.add(name + n);
        });
  }

  private static void collect(Daemon daemon, Round round) {
    talk(
        daemon,
        round,
        "/metric",
        n -> "{}",
        (n, answer) -> round.fetched.add(new Fetch(names(answer), round)));
  }

  private interface Listener {
    void answered(int n, Answer answer);
  }

  /** Asks again and again over one connection, until the daemon is killed. */
  private static void talk(
      Daemon daemon, Round round, String path, IntFunction<String> bodies, Listener listener) {
    var client = Https.to(daemon.port());
    try (var connection = client.connect(true)) {
      for (int n = 0; ; n++) {
        var body = bodies.apply(n).getBytes(StandardCharsets.UTF_8);
        listener.answered(n, client.exchange(connection, "POST", path, List.of(), body));
      }
    } catch (IOException e) {
      if (!round.killed.get()) {
        throw new AssertionError(path + " failed with the daemon alive", e);
      }
    }
  }

  private static void drain(Path folder, List<Fetch> fetches) {
    var life = new Round();
    try (var daemon = Daemon.start(folder)) {
      for (var names = names(daemon.post("/metric", "{}"));
          !names.isEmpty();
          names = names(daemon.post("/metric", "{}"))) {
        fetches.add(new Fetch(names, life));
      }
    }
  }

  private static String batch(String name, int n) {
    return "{\"metric_data\":[{\"hostname\":\"%s\",\"timestamp\":%d,\"metrics\":{\"n\":%d}}]}"
        .formatted(name, n, n);
  }

  /** The batches of an answer, each proven whole. */
  private static List<String> names(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json().at("metric_data").items().stream()
        .map(
            batch -> {
              var name = batch.at("hostname").text();
              var n = name.substring(name.lastIndexOf("-") + 1);
              assertThat(batch.at("metrics").json()).as(name).isEqualTo("{\"n\":" + n + "}");
              return name;
            })
        .toList();
  }
}
