package io.happo.hub.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.hub.store.Checks;
import io.happo.hub.store.PostgresCluster;
import io.happo.hub.store.Results;
import io.happo.hub.store.Store;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hub that is killed with kill -9 has what it acknowledged, and has it once. */
final class KilledIntakeTest {
  private static final int ROUNDS = 4;

  @TempDir Path data;

  @Test
  void a_killed_hub_has_on_sqlite_what_it_acknowledged_once() throws Exception {
    killAgainAndAgain("");
  }

  @Test
  void a_killed_hub_has_on_postgresql_what_it_acknowledged_once() throws Exception {
    var cluster = PostgresCluster.start();
    try {
      killAgainAndAgain(cluster.newDatabase());
    } finally {
      cluster.close();
    }
  }

  private void killAgainAndAgain(String url) throws Exception {
    var acknowledged = new long[Deliverer.AGENTS];
    for (int round = 1; round <= ROUNDS; round++) {
      deliver(url, acknowledged, 300L * round);
      try (var store = Store.open(data, url)) {
        for (int agent = 0; agent < Deliverer.AGENTS; agent++) {
          int number = agent;
          // PostgreSQL may still be at the last commit of the one that was killed.
          await().untilAsserted(() -> assertStored(store, number, acknowledged[number]));
        }
      }
    }
  }

  private static void assertStored(Store store, int agent, long acknowledged) {
    var stored = new Results(store).stored(agent, "e");
    assertThat(stored).hasSize(1);
    assertThat(stored.getFirst().first()).isEqualTo(1);
    assertThat(stored.getFirst().last()).isGreaterThanOrEqualTo(acknowledged);
    var sequences = new ArrayList<Long>();
    for (var check : new Checks(store).some(Checks.Which.ALL, OptionalLong.of(agent), 0, 10_000)) {
      for (var row : new Results(store).ofCheck(check.number(), 0, Long.MAX_VALUE, 1_000_000)) {
        sequences.add(row.sequence());
      }
    }
    sequences.sort(null);
    assertThat(sequences).isEqualTo(IntakeContract.sequences(1, stored.getFirst().last()));
    var ping = new Checks(store).find(agent, "ping").orElseThrow();
    assertThat(ping.state().sequence()).isEqualTo(stored.getFirst().last());
  }

  /** Lets it deliver from the start on until all agents have so many items, and kills it. */
  private void deliver(String url, long[] acknowledged, long enough) throws IOException {
    var process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx128m",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Deliverer.class.getName(),
                    data.toString(),
                    url))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      boolean killed = false;
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        var words = line.split(" ", -1);
        // The last line may be torn, which makes its number smaller at most.
        if (words.length == 2 && !words[1].isEmpty()) {
          int agent = Integer.parseInt(words[0]);
          acknowledged[agent] = Math.max(acknowledged[agent], Long.parseLong(words[1]));
          if (Arrays.stream(acknowledged).min().orElseThrow() >= enough) {
            killed = true;
            // By its handle: what it has printed is still to be read.
            process.toHandle().destroyForcibly();
          }
        }
      }
      assertThat(killed).as("it was killed, and did not end by itself").isTrue();
    } finally {
      process.destroyForcibly().onExit().join();
    }
  }
}
