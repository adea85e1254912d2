package io.happo.agent.buffer;

import static io.happo.agent.buffer.Samples.leaseAll;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that appends and collects is killed with SIGKILL after a random number of its lines,
 * again and again on the same directory; {@code -Dhappo.campaign.rounds=1000} for a long run.
 */
class KillCampaignTest {
  private static final int ROUNDS = Integer.getInteger("happo.campaign.rounds", 50);

  private final Set<Long> owed = new HashSet<>(); // acknowledged, not forgotten
  private final Set<Long> handedOver = new HashSet<>(); // said to be, and not forgotten since
  private final Set<Long> forgotten = new HashSet<>();
  private long highest;
  private long acknowledged;
  private long again;

  @Test
  void killed_process_loses_nothing_acknowledged_and_repeats_only_what_was_in_its_hands(
      @TempDir Path directory) throws Exception {
    long seed = System.nanoTime();
    System.out.println("campaign seed=" + seed);
    Random random = new Random(seed);
    for (int round = 1; round <= ROUNDS; round++) {
      runAndKill(directory, random);
      verify("seed " + seed + " round " + round, directory, random);
    }
    System.out.println(
        "campaign rounds="
            + ROUNDS
            + " acknowledged="
            + acknowledged
            + " forgotten="
            + forgotten.size()
            + " lost=0 repeated="
            + again
            + ", all of them in hands at the kill");
    assertThat(acknowledged).isGreaterThan(ROUNDS);
    assertThat(forgotten).hasSizeGreaterThan(ROUNDS);
  }

  private void runAndKill(Path directory, Random random) throws Exception {
    long first = highest + 1_000_000; // what was in flight keeps numbers of its own
    highest = first; // also when no line of it arrives
    Process child =
        QueueProcess.start(List.of(), "campaign", directory.toString(), Long.toString(first));
    try (BufferedReader lines = child.inputReader()) {
      assertThat(lines.readLine()).isEqualTo("ready");
      int linesToLive = random.nextInt(150);
      String line = "";
      for (int i = 0; line != null; i++) {
        if (i == linesToLive) {
          child.toHandle().destroyForcibly(); // unlike the process's own, keeps the pipe open
        }
        line = lines.readLine();
        if (line != null) {
          note(line);
        }
      }
    } finally {
      child.destroyForcibly();
    }
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isEqualTo(128 + 9);
  }

  private void note(String line) {
    String[] words = line.split(" ", -1);
    for (int i = 1; i < words.length; i++) {
      long number = Long.parseLong(words[i]);
      highest = Math.max(highest, number);
      switch (words[0]) {
        case "a" -> {
          acknowledged++;
          if (!forgotten.contains(number)) { // the collector may say so first
            owed.add(number);
          }
        }
        case "h" -> {
          assertThat(forgotten).as("handed over again").doesNotContain(number);
          assertThat(handedOver.add(number)).as("handed over twice: " + number).isTrue();
        }
        case "f" -> {
          handedOver.remove(number);
          owed.remove(number);
          forgotten.add(number);
        }
        default -> throw new AssertionError("the process says: " + line);
      }
    }
  }

  private void verify(String where, Path directory, Random random) throws IOException {
    Map<Long, Entry> found = new HashMap<>();
    try (DurableQueue queue =
        DurableQueue.open(directory, QueueProcess.LIMITS, InstantSource.system())) {
      for (Entry entry : leaseAll(queue)) {
        long number = QueueProcess.number(entry);
        assertThat(found.put(number, entry)).as(where + ": twice " + number).isNull();
        assertThat(entry.payload()).as(where).isEqualTo(QueueProcess.payload(number));
      }
      assertThat(queue.stats().damagedBytes()).as(where).isZero();
    }
    Set<Long> present = found.keySet();
    assertThat(present.stream().filter(forgotten::contains)).as(where + ": forgotten").isEmpty();
    again += present.stream().filter(handedOver::contains).count();
    Set<Long> missing = new HashSet<>(owed);
    missing.removeAll(present);
    missing.removeAll(handedOver); // forgotten, but killed before it could say so
    assertThat(missing).as(where + ": lost").isEmpty();
    owed.retainAll(present);
    owed.addAll(present); // an append in flight may have come through
    handedOver.clear();
    if (random.nextInt(10) == 0) {
      drain(directory);
    }
  }

  private void drain(Path directory) throws IOException {
    try (DurableQueue queue =
        DurableQueue.open(directory, QueueProcess.LIMITS, InstantSource.system())) {
      Lease all = queue.lease(1_000_000);
      all.forget();
      all.entries().forEach(entry -> forgotten.add(QueueProcess.number(entry)));
      owed.clear();
      assertThat(queue.stats().records()).isZero();
    }
  }
}
