package io.happo.agent.api;

import io.happo.agent.buffer.SnapshotStore;
import io.happo.agent.exec.Command;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.Outcome;
import io.happo.core.Utf8;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What the machine was doing when a plugin was not content: the output of {@code w}, {@code ps
 * auxwwf}, {@code ss -anp} and {@code lsof}, of those that succeed. Taken in the background, at
 * most one in an interval and never two at once; its key is listed from the moment it is begun.
 */
final class MachineState {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.api");
  private static final List<String> COMMANDS = List.of("w ", "ps auxwwf", "ss -anp", "lsof ");
  private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(10);

  /** How long a reader waits for a snapshot that is being taken. */
  private static final Duration PATIENCE = Duration.ofSeconds(50);

  private final Exec exec;
  private final SnapshotStore store;
  private final OptionalLong intervalSeconds;
  private final InstantSource clock;
  private final AtomicReference<Snapshot> latest =
      new AtomicReference<>(new Snapshot(Long.MIN_VALUE, CompletableFuture.completedFuture(null)));

  private record Snapshot(long second, CompletableFuture<Void> done) {
    String key() {
      return "s-" + second;
    }
  }

  /**
   * @param intervalSeconds the least time between two snapshots; empty: none is ever taken
   */
  MachineState(Exec exec, SnapshotStore store, OptionalLong intervalSeconds, InstantSource clock) {
    this.exec = exec;
    this.store = store;
    this.intervalSeconds = intervalSeconds;
    this.clock = clock;
  }

  /** A plugin was not content: takes a snapshot unless it is too soon for one. */
  void noteTrouble() {
    if (intervalSeconds.isEmpty()) {
      return;
    }
    long now = clock.instant().getEpochSecond();
    var before = latest.get();
    boolean tooSoon =
        before.second() != Long.MIN_VALUE
            && (now == before.second()
                || Math.abs(now - before.second()) < intervalSeconds.getAsLong());
    if (tooSoon || !before.done().isDone()) {
      return;
    }
    var next = new Snapshot(now, new CompletableFuture<>());
    if (latest.compareAndSet(before, next)) {
      Thread.ofVirtual().name("machine-state").start(() -> take(next));
    }
  }

  /** The keys of all snapshots, oldest first. */
  SortedSet<String> keys() throws IOException {
    var keys = new TreeSet<>(store.keys());
    var snapshot = latest.get();
    if (!snapshot.done().isDone()) {
      keys.add(snapshot.key());
    }
    return keys;
  }

  /** The text of a snapshot; one that is being taken is waited for. */
  Optional<String> find(String key) throws IOException {
    var snapshot = latest.get();
    if (key.equals(snapshot.key())) {
      try {
        snapshot.done().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        throw new IOException("snapshot " + key + " could not be taken: see the log", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    return store.find(key);
  }

  private static Optional<String> output(Outcome outcome) {
    return outcome instanceof Outcome.Exited exited && exited.status() == 0
        ? Optional.of(Utf8.decode(exited.stdout().bytes()))
        : Optional.empty();
  }

  private void take(Snapshot snapshot) {
    try {
      var text = new StringBuilder();
      for (var command : COMMANDS) {
        var time = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        var output = exec.run(Command.shellMerged(command), COMMAND_TIMEOUT, MachineState::output);
        if (output.isPresent()) {
          text.append("********** ")
              .append(command)
              .append(" (")
              .append(time)
              .append(") **********\n");
          text.append(output.get()).append('\n');
        }
      }
      store.save(snapshot.second(), text.toString());
      snapshot.done().complete(null);
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.ERROR, "machine state {0} was not kept: {1}", snapshot.key(), e.getMessage());
      snapshot.done().completeExceptionally(e);
    }
  }
}
