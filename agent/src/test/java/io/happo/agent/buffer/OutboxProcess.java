package io.happo.agent.buffer;

import io.happo.core.link.Item;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * A process of its own that appends to an outbox and sends out of it, to be killed. What it says on
 * stdout: {@code a N} item N was kept; {@code s epoch first N…} these items are sent, and the hub
 * that reads this has stored them. Some of what is stored it acknowledges to itself, some not.
 */
final class OutboxProcess {
  private OutboxProcess() {}

  static Process start(Path directory, long firstNumber) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx32m",
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            OutboxProcess.class.getName(),
            directory.toString(),
            Long.toString(firstNumber))
        .redirectErrorStream(true)
        .start();
  }

  public static void main(String[] arguments) throws Exception {
    long firstNumber = Long.parseLong(arguments[1]);
    Outbox outbox = Outbox.open(Path.of(arguments[0]), QueueProcess.LIMITS, InstantSource.system());
    OutputStream pipe = new FileOutputStream(FileDescriptor.out);
    say(pipe, "ready");
    Thread.ofPlatform().start(() -> send(outbox, pipe, firstNumber));
    for (long number = firstNumber; ; number++) {
      outbox.append(
          new Item.Event("n" + number, number, "x".repeat((int) (number % 900)), new TreeMap<>()));
      say(pipe, "a " + number);
    }
  }

  private static void send(Outbox outbox, OutputStream pipe, long seed) {
    Random random = new Random(seed);
    try {
      while (true) {
        Sending sending = outbox.begin(outbox.epoch(), List.of(), 4);
        List<Sending.Batch> out = new ArrayList<>();
        for (int i = random.nextInt(30); i >= 0; i--) {
          var batch = sending.next(Duration.ofMillis(20));
          if (batch != null) {
            say(pipe, "s " + batch.epoch() + " " + batch.first() + numbers(batch));
            out.add(batch);
          }
          if (!out.isEmpty() && random.nextInt(3) > 0) {
            var stored = out.remove(random.nextInt(out.size()));
            sending.acknowledged(
                stored.epoch(), stored.first(), stored.first() + stored.items().size() - 1);
          }
        }
        sending.end();
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The number that an item says of itself. */
  static long number(String item) {
    int start = item.indexOf("\"event\":\"n") + "\"event\":\"n".length();
    return Long.parseLong(item, start, item.indexOf('"', start), 10);
  }

  private static String numbers(Sending.Batch batch) {
    StringBuilder numbers = new StringBuilder();
    batch.items().forEach(item -> numbers.append(' ').append(number(item)));
    return numbers.toString();
  }

  private static synchronized void say(OutputStream pipe, String line) throws IOException {
    pipe.write(Samples.text(line + "\n"));
  }
}
