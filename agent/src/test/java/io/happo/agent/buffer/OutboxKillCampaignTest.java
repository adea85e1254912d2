package io.happo.agent.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
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
 * A process that appends to an outbox and sends from it is killed with SIGKILL at random, again and
 * again, while this test is the hub; {@code -Dhappo.campaign.rounds=1000} for a long run.
 */
class OutboxKillCampaignTest {
  private static final int ROUNDS = Integer.getInteger("happo.campaign.rounds", 30);

  private final Set<Long> appended = new HashSet<>();
  private final Map<String, Long> stored = new HashMap<>(); // number by epoch and sequence
  private long highest;
  private long repeated;

  @Test
  void each_item_of_killed_processes_reaches_the_hub_under_one_name(@TempDir Path directory)
      throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 1; round <= ROUNDS; round++) {
      runAndKill(directory, random);
    }
    try (Outbox outbox = Outbox.open(directory, QueueProcess.LIMITS, InstantSource.system())) {
      Sending sending = outbox.begin(outbox.epoch(), List.of(), 8);
      for (var batch = sending.next(Duration.ZERO);
          batch != null;
          batch = sending.next(Duration.ZERO)) {
        long sequence = batch.first();
        for (String item : batch.items()) {
          store(batch.epoch(), sequence++, OutboxProcess.number(item));
        }
        sending.acknowledged(batch.epoch(), batch.first(), sequence - 1);
      }
      assertThat(outbox.stats().records()).isZero();
      assertThat(outbox.stats().damagedBytes()).isZero();
    }
    System.out.println(
        "outbox campaign seed="
            + seed
            + " rounds="
            + ROUNDS
            + " appended="
            + appended.size()
            + " stored="
            + stored.size()
            + " repeated="
            + repeated);
    assertThat(stored.values()).as("seed %d: stored twice", seed).doesNotHaveDuplicates();
    appended.removeAll(new HashSet<>(stored.values()));
    assertThat(appended).as("seed %d: lost", seed).isEmpty();
    assertThat(stored).hasSizeGreaterThan(ROUNDS);
  }

  private void runAndKill(Path directory, Random random) throws Exception {
    long first = highest + 1_000_000; // What was in flight keeps numbers of its own.
    highest = first;
    Process child = OutboxProcess.start(directory, first);
    try (BufferedReader lines = child.inputReader()) {
      assertThat(lines.readLine()).isEqualTo("ready");
      int linesToLive = random.nextInt(150);
      String line = "";
      for (int i = 0; line != null; i++) {
        if (i == linesToLive) {
          child.toHandle().destroyForcibly(); // Unlike the process's own, keeps the pipe open.
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
    if (words[0].equals("a")) {
      highest = Math.max(highest, Long.parseLong(words[1]));
      appended.add(Long.parseLong(words[1]));
      return;
    }
    assertThat(words[0]).as(line).isEqualTo("s");
    long sequence = Long.parseLong(words[2]);
    for (int i = 3; i < words.length; i++) {
      store(words[1], sequence++, Long.parseLong(words[i]));
    }
  }

  private void store(String epoch, long sequence, long number) {
    highest = Math.max(highest, number);
    var before = stored.put(epoch + " " + sequence, number);
    if (before != null) {
      repeated++;
      assertThat(before).as("two items under one name").isEqualTo(number);
    }
  }
}
