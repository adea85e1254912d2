package io.happo.core.nrpe;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The fuzzer's entry for hours: {@link PacketWalk} with a count of the packets and an eye on the
 * memory. Started by {@code tools/fuzz-nrpe.sh}, see docs/fuzzing.md; called by one thread.
 */
final class NrpeFuzz {
  private static final long PACKETS_A_LINE = 1_000_000;

  /** What may lie around in the heap of the fuzzer itself between two looks at it. */
  private static final long ALLOWED_GROWTH_MB = 16;

  private static final long START_NANOS = System.nanoTime();
  private static final PrintStream OUT = System.err;

  private static long inputs;
  private static long packets;
  private static long nextLine = PACKETS_A_LINE;
  private static long firstHeapMb;

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(NrpeFuzz::tell));
  }

  private NrpeFuzz() {}

  /** Called by Jazzer for each input; an exception is a find. */
  public static void fuzzerTestOneInput(byte[] input) {
    inputs++;
    packets += PacketWalk.of(input);
    if (packets >= nextLine) {
      nextLine += PACKETS_A_LINE;
      long heapMb = tell();
      if (firstHeapMb == 0) {
        firstHeapMb = heapMb;
      }
      if (heapMb > firstHeapMb + ALLOWED_GROWTH_MB) {
        fail("the heap grew from %d MB to %d MB in %d packets", firstHeapMb, heapMb, packets);
      }
    }
  }

  private static long tell() {
    System.gc();
    var runtime = Runtime.getRuntime();
    long heapMb = (runtime.totalMemory() - runtime.freeMemory()) >> 20;
    var elapsed = Duration.ofNanos(System.nanoTime() - START_NANOS);
    OUT.printf(
        "packets=%d inputs=%d seconds=%d packets_per_second=%d heap_mb=%d %s%n",
        packets,
        inputs,
        elapsed.toSeconds(),
        packets / Math.max(1, elapsed.toSeconds()),
        heapMb,
        residentSize());
    return heapMb;
  }

  /** Of this process, with its peak; nothing where there is no /proc. */
  private static String residentSize() {
    try {
      return Files.readString(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1)
          .lines()
          .filter(line -> line.startsWith("VmRSS") || line.startsWith("VmHWM"))
          .map(line -> line.replaceAll("[\\s:]+", " ").replace(" kB", "kB").replace(' ', '='))
          .sorted()
          .reduce((a, b) -> a + " " + b)
          .orElse("");
    } catch (IOException e) {
      return "";
    }
  }
}
