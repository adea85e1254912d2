package io.happo.hub.export;

import io.happo.hub.settings.Secrets;
import io.happo.hub.settings.Setting;
import io.happo.hub.store.OutputBook;
import io.happo.hub.store.StoreException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where what was measured is sent on to: a virtual thread for each, which {@link Delivery} is the
 * work of. Any thread.
 */
public final class Outputs implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("happo.export");

  /** What an output costs is a reader of the log, and a request at a time. */
  static final int MOST = 20;

  private static final Duration CLOSE = Duration.ofSeconds(5);

  /**
   * How one fares.
   *
   * @param settings those that are not secret
   * @param lagEntries entries of the log that the other side has not
   * @param lagMillis for how long the first of these has been there; 0 when there is none
   * @param takenAt when the other side took something last, since the hub started
   * @param problem why it takes nothing now, and what to do; empty when it does
   * @param sent values, since the hub started
   * @param refused values that it did not want, since the hub started
   * @param lostEntries of the log, at most, which were gone before it took them, since the hub
   *     started
   * @param dropped why something was dropped last; empty when nothing was
   */
  public record Status(
      String name,
      String kind,
      Map<String, String> settings,
      String changedBy,
      long changedAt,
      long lagEntries,
      long lagMillis,
      OptionalLong takenAt,
      String problem,
      OptionalLong problemSince,
      long sent,
      long refused,
      long lostEntries,
      String dropped) {}

  private record Worker(Delivery delivery, Thread thread) {
    void stop() {
      delivery.end();
      thread.interrupt();
    }

    void end() {
      stop();
      try {
        thread.join(CLOSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private final OutputBook outputs;
  private final SampleSource source;
  private final SeriesBook book;
  private final Secrets secrets;
  private final OutputLimits limits;
  private final InstantSource clock;
  private final Map<String, Tally> tallies = new ConcurrentHashMap<>();
  private final Map<String, Worker> workers = new TreeMap<>();
  private boolean closed;

  Outputs(
      OutputBook outputs,
      SampleSource source,
      SeriesBook book,
      Secrets secrets,
      OutputLimits limits,
      InstantSource clock) {
    this.outputs = outputs;
    this.source = source;
    this.book = book;
    this.secrets = secrets;
    this.limits = limits;
    this.clock = clock;
  }

  /** Begins to send. */
  synchronized void start() {
    outputs.all().forEach(this::begin);
  }

  /** Nothing is kept for outputs that are not there, as when the store failed amid a change. */
  synchronized void tidy() {
    var names = outputs.all().stream().map(OutputBook.Output::name).toList();
    for (var reader : source.readers()) {
      if (!reader.startsWith(SampleSource.OWN) && !names.contains(reader)) {
        source.forget(reader);
      }
    }
  }

  private void begin(OutputBook.Output output) {
    var name = output.name();
    var delivery =
        new Delivery(
            name,
            source,
            book,
            () -> open(output),
            Choice.of(output.settings()),
            tally(name),
            limits,
            clock);
    var thread = Thread.ofVirtual().name("output " + name).unstarted(delivery::run);
    workers.put(name, new Worker(delivery, thread));
    thread.start();
  }

  private Tally tally(String name) {
    return tallies.computeIfAbsent(name, _ -> new Tally());
  }

  private Receiver open(OutputBook.Output output) throws IOException {
    var kind =
        OutputKind.of(output.kind())
            .orElseThrow(
                () -> new IOException("this hub knows no outputs of the kind " + output.kind()));
    var hidden = secrets.unseal(output.secrets());
    var settings = new TreeMap<>(output.settings());
    settings.putAll(hidden);
    return new Discreet(
        kind.open(kind.whole(settings), limits, clock), Credentials.of(settings).hidden());
  }

  /**
   * Adds an output, or changes one; what one of this name has sent it does not send again.
   *
   * <p>What sent until now goes on until all is written.
   *
   * @param given settings by name; a secret that is not among them stays as it was, an empty one is
   *     cleared
   * @return everything that is wrong; empty when it is there now
   * @throws StoreException when nothing has changed
   */
  public synchronized List<String> set(
      String name, OutputKind kind, Map<String, String> given, String who) {
    var all = new TreeMap<>(given);
    var before = outputs.find(name);
    if (before.isPresent() && before.get().kind().equals(kind.word())) {
      secretsOf(before.get()).forEach(all::putIfAbsent);
    }
    var problems = new ArrayList<>(kind.problems(all));
    if (before.isEmpty() && outputs.all().size() >= MOST) {
      problems.add("there are " + MOST + " outputs already, and no more are possible: remove one");
    }
    if (!problems.isEmpty()) {
      return problems;
    }
    if (source.position(name).isEmpty()) {
      source.setPosition(name, first(kind.whole(all).getOrDefault("from", "")));
    }
    var output =
        new OutputBook.Output(
            name,
            kind.word(),
            Setting.part(kind.settings(), all, false),
            secrets.seal(Setting.part(kind.settings(), all, true)),
            who,
            clock.millis());
    outputs.set(output);
    end(name);
    if (!closed) {
      begin(output);
    }
    return List.of();
  }

  private long first(String from) {
    long last = Math.max(source.last(), source.lost());
    var entries = from.equals("beginning") ? source.after(0, 1) : List.<SampleSource.Entry>of();
    return entries.isEmpty() ? last : Math.max(entries.getFirst().number() - 1, source.lost());
  }

  private Map<String, String> secretsOf(OutputBook.Output output) {
    try {
      return secrets.unseal(output.secrets());
    } catch (IOException e) {
      return Map.of();
    }
  }

  private void end(String name) {
    var worker = workers.remove(name);
    if (worker != null) {
      worker.end();
    }
  }

  /**
   * Whether an output was there, and is gone.
   *
   * @throws StoreException when it is still there
   */
  public synchronized boolean remove(String name) {
    boolean removed = outputs.remove(name);
    end(name);
    tallies.remove(name);
    try {
      source.forget(name);
    } catch (StoreException e) {
      LOG.log(
          Level.WARNING,
          "the log is kept until the store can be written again output={0} why={1}",
          name,
          e.getMessage());
    }
    return removed;
  }

  /**
   * Sends one value at once: {@code happo_output_test} of 1.
   *
   * @return why it was not taken; empty when it was
   */
  public Optional<String> trial(String name) throws InterruptedException {
    var output = outputs.find(name);
    if (output.isEmpty()) {
      return Optional.of("there is no output " + name);
    }
    var point = new Point(Series.ofHub("happo.output.test;output=" + name), clock.millis(), 1);
    try (var receiver = open(output.get())) {
      var taken = receiver.send(List.of(point));
      return taken.refused() > 0 ? Optional.of(taken.why()) : Optional.empty();
    } catch (IOException | Receiver.NotTakenException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** All, by name. */
  public List<Status> all() {
    return outputs.all().stream().map(this::status).toList();
  }

  private Status status(OutputBook.Output output) {
    var counts = tally(output.name()).counts();
    long last = source.last();
    long position = source.position(output.name()).orElse(last);
    long lag = Math.max(0, last - position);
    return new Status(
        output.name(),
        output.kind(),
        output.settings(),
        output.changedBy(),
        output.changedAt(),
        lag,
        lag == 0 ? 0 : age(position),
        counts.takenAt(),
        counts.problem(),
        counts.problemSince(),
        counts.sent(),
        counts.refused(),
        counts.lostEntries(),
        counts.dropped());
  }

  private long age(long position) {
    return source.after(position, 1).stream()
        .mapToLong(entry -> Math.max(0, clock.millis() - entry.received()))
        .findFirst()
        .orElse(0);
  }

  @Override
  public synchronized void close() {
    closed = true;
    workers.values().forEach(Worker::stop);
    workers.values().forEach(Worker::end);
    workers.clear();
  }
}
