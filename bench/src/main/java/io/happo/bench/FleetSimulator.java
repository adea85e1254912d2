package io.happo.bench;

import io.happo.core.link.JoinToken;
import io.happo.net.HttpsClient;
import io.happo.net.Trust;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * A fleet of agents in one process, with real keys and sessions over TLS: {@code FleetSimulator URL
 * TOKEN NAME COUNT}, then commands on stdin, each answered with a line of JSON: {@code join};
 * {@code connect}; {@code begin EVERY_SECONDS}: each agent sends a result so often, until {@code
 * end}; {@code flood AGENTS ITEMS SECONDS}: batches as fast as acknowledgements come; {@code
 * trouble SHARE}: with the next result the check of that share of the agents is critical, and of
 * the others OK; {@code change NUMBER STATUS}: one agent sends a result of another status now;
 * until the input ends.
 */
final class FleetSimulator {
  private static final int AT_ONCE = 32;
  private static final int PATIENCE_SECONDS = 300;

  private final ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();
  private final List<SimulatedAgent> agents = new ArrayList<>();
  private final AtomicInteger lost = new AtomicInteger();
  private final LongAdder sent = new LongAdder();
  private final JoinToken token;
  private volatile boolean sending;
  private long begun;

  private FleetSimulator(URI hub, JoinToken token, String name, int count) throws Exception {
    this.token = token;
    var client = new HttpsClient(Trust.Pin.of(token.pin().orElseThrow()), Optional.empty());
    for (int i = 0; i < count; i++) {
      agents.add(new SimulatedAgent(name + "-" + i, hub, client, latencies));
    }
  }

  public static void main(String[] args) throws Exception {
    var fleet =
        new FleetSimulator(
            URI.create(args[0]), JoinToken.parse(args[1]), args[2], Integer.parseInt(args[3]));
    try (var commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (var line = commands.readLine(); line != null; line = commands.readLine()) {
        System.out.println(fleet.run(line.split(" ", -1)));
      }
    }
    System.exit(0);
  }

  private String run(String[] words) throws Exception {
    return switch (words[0]) {
      case "join" -> join();
      case "connect" -> connect();
      case "begin" -> begin(Double.parseDouble(words[1]));
      case "end" -> end();
      case "flood" ->
          flood(Integer.parseInt(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3]));
      case "trouble" -> trouble(Double.parseDouble(words[1]));
      case "change" -> change(agents.get(Integer.parseInt(words[1])), Integer.parseInt(words[2]));
      default -> throw new IOException("no such command: " + words[0]);
    };
  }

  private interface Task {
    void run(SimulatedAgent agent) throws Exception;
  }

  /** Does it with all agents, some at once; the first failure ends all. */
  private double forAll(Task task) throws InterruptedException {
    long begin = System.nanoTime();
    var turns = new Semaphore(AT_ONCE);
    for (var agent : agents) {
      turns.acquire();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  task.run(agent);
                } catch (Exception e) {
                  System.err.println(e);
                  System.exit(1);
                } finally {
                  turns.release();
                }
              });
    }
    turns.acquire(AT_ONCE);
    return (System.nanoTime() - begin) / 1e9;
  }

  private String join() throws InterruptedException {
    return object("joined", agents.size(), "seconds", forAll(agent -> agent.join(token)));
  }

  private String connect() throws InterruptedException {
    double seconds =
        forAll(
            agent -> {
              Thread.ofVirtual().start(() -> live(agent));
              for (int i = 0; i < PATIENCE_SECONDS * 50 && !agent.isWelcome(); i++) {
                Thread.sleep(20);
              }
            });
    long connected = agents.stream().filter(SimulatedAgent::isWelcome).count();
    return object("connected", connected, "seconds", seconds);
  }

  private void live(SimulatedAgent agent) {
    try {
      agent.live();
    } catch (IOException e) {
      if (lost.incrementAndGet() < 5) {
        System.err.println("a session ended: " + e.getMessage());
      }
    }
  }

  private String begin(double everySeconds) {
    latencies.clear();
    sent.reset();
    sending = true;
    begun = System.nanoTime();
    for (var agent : agents) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  sleep(ThreadLocalRandom.current().nextDouble(everySeconds));
                  while (sending) {
                    if (agent.send(1)) {
                      sent.increment();
                    }
                    sleep(everySeconds);
                  }
                } catch (IOException | InterruptedException e) {
                  lost.incrementAndGet();
                }
              });
    }
    return "{}";
  }

  private static void sleep(double seconds) throws InterruptedException {
    Thread.sleep((long) (seconds * 1000));
  }

  private String end() throws InterruptedException {
    sending = false;
    return acknowledged(sent.sum(), 1, (System.nanoTime() - begun) / 1e9);
  }

  private String flood(int count, int items, int seconds) throws InterruptedException {
    latencies.clear();
    sent.reset();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    var done = new Semaphore(0);
    for (var agent : agents.subList(0, count)) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  while (System.nanoTime() < end && agent.send(items)) {
                    sent.increment();
                  }
                } catch (IOException | InterruptedException e) {
                  lost.incrementAndGet();
                } finally {
                  done.release();
                }
              });
    }
    done.acquire(count);
    return acknowledged(sent.sum(), items, seconds);
  }

  private String trouble(double share) {
    int critical = 0;
    for (int i = 0; i < agents.size(); i++) {
      boolean is = (int) ((i + 1) * share) > (int) (i * share); // spread evenly
      agents.get(i).become(is ? 2 : 0);
      critical += is ? 1 : 0;
    }
    return object("critical", critical);
  }

  /** Answers when it was sent, unix milliseconds. */
  private String change(SimulatedAgent agent, int status) throws IOException, InterruptedException {
    agent.become(status);
    long now = System.currentTimeMillis();
    if (!agent.send(1)) {
      throw new IOException("an agent that is to change has no session");
    }
    return object("at", now);
  }

  private String acknowledged(long batches, int items, double seconds) throws InterruptedException {
    for (int i = 0; i < PATIENCE_SECONDS * 10 && waiting() > 0; i++) {
      Thread.sleep(100);
    }
    var all = latencies.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(all);
    return object(
        "batches",
        batches,
        "acknowledged",
        (long) all.length * items,
        "unacknowledged",
        waiting(),
        "per_second",
        all.length * items / seconds,
        "p50_ms",
        at(all, 0.5),
        "p99_ms",
        at(all, 0.99),
        "max_ms",
        at(all, 1),
        "lost_sessions",
        lost.get());
  }

  private int waiting() {
    return agents.stream().mapToInt(SimulatedAgent::waiting).sum();
  }

  private static double at(long[] sorted, double share) {
    return sorted.length == 0
        ? 0
        : sorted[Math.min(sorted.length - 1, (int) (share * sorted.length))] / 1e6;
  }

  private static String object(Object... namesAndValues) {
    var json = new StringBuilder("{");
    for (int i = 0; i < namesAndValues.length; i += 2) {
      json.append(i == 0 ? "" : ",").append('"').append(namesAndValues[i]).append("\":");
      json.append(
          namesAndValues[i + 1] instanceof Double number
              ? String.format(Locale.ROOT, "%.2f", number)
              : namesAndValues[i + 1].toString());
    }
    return json.append('}').toString();
  }
}
