package io.happo.agent.buffer;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A process of its own that uses a queue, to be killed or put on a small disk. Says what it did on
 * stdout.
 */
final class QueueProcess {
  static final Limits LIMITS = new Limits(64 << 20, Duration.ofDays(7));

  private QueueProcess() {}

  /** Stderr comes with stdout. */
  static Process start(List<String> wrapper, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx32m",
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            QueueProcess.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[1]);
    DurableQueue queue;
    try {
      queue = DurableQueue.open(directory, LIMITS, InstantSource.system());
    } catch (IOException e) {
      System.out.println(e.getMessage());
      System.exit(1);
      return;
    }
    switch (arguments[0]) {
      case "open" -> queue.close();
      case "fill" -> fill(queue, directory);
      case "campaign" -> campaign(queue, Long.parseLong(arguments[2]));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void fill(DurableQueue queue, Path directory) throws IOException {
    Path ballast = directory.resolve("ballast");
    Files.write(ballast, new byte[100 << 10]);
    Random random = new Random(1);
    long appended = 0;
    try {
      while (true) {
        queue.append(now(), Samples.noise(random, 3000));
        appended++;
      }
    } catch (IOException e) {
      System.out.println(e.getMessage());
    }
    Lease lease = queue.lease(1000);
    System.out.println(
        lease.entries().size() == appended && appended > 20 ? "all there" : "lost some");
    lease.giveBack();
    Files.delete(ballast);
    queue.append(now(), Samples.noise(random, 3000));
    System.out.println("appends again");
    queue.close();
  }

  /**
   * Appends and collects until killed. A record is its own check: its payload says its number. Each
   * line is one write to the pipe: {@code a N} the append of number N was acknowledged, {@code h
   * N…} these are handed over, {@code f N…} they were forgotten.
   */
  private static void campaign(DurableQueue queue, long firstNumber) throws Exception {
    OutputStream pipe = new FileOutputStream(FileDescriptor.out);
    say(pipe, "ready");
    Thread.ofPlatform().start(() -> collect(queue, pipe, firstNumber));
    Random random = new Random(firstNumber);
    for (long number = firstNumber; ; number++) {
      queue.append(now() + random.nextInt(5), payload(number));
      say(pipe, "a " + number);
    }
  }

  private static void collect(DurableQueue queue, OutputStream pipe, long seed) {
    Random random = new Random(seed);
    List<Lease> held = new ArrayList<>();
    try {
      while (true) {
        Lease lease = queue.lease(1 + random.nextInt(3));
        if (lease.entries().isEmpty()) {
          Thread.onSpinWait();
        } else if (random.nextInt(5) == 0) {
          lease.giveBack();
        } else {
          say(pipe, "h" + numbers(lease));
          held.add(lease);
        }
        if (held.size() > random.nextInt(4)) {
          Lease ended = held.remove(random.nextInt(held.size()));
          ended.forget();
          say(pipe, "f" + numbers(ended));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] payload(long number) {
    byte[] payload = Samples.noise(new Random(number), 20 + (int) (number * 37 % 3000));
    byte[] digits = Samples.text("%016d".formatted(number));
    System.arraycopy(digits, 0, payload, 0, digits.length);
    return payload;
  }

  static long number(Entry entry) {
    return Long.parseLong(new String(entry.payload(), 0, 16, StandardCharsets.UTF_8));
  }

  private static String numbers(Lease lease) {
    StringBuilder numbers = new StringBuilder();
    lease.entries().forEach(entry -> numbers.append(' ').append(number(entry)));
    return numbers.toString();
  }

  private static void say(OutputStream pipe, String line) throws IOException {
    pipe.write(Samples.text(line + "\n"));
  }

  private static long now() {
    return InstantSource.system().instant().getEpochSecond();
  }
}
