package io.happo.hub.classic;

import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.PlanBook;
import io.happo.hub.fleet.Presence;
import io.happo.hub.intake.Intake;
import io.happo.net.HttpsClient;
import io.happo.net.Trust;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Watches all that are asked. One thread looks who there is and whose plan has changed; each agent
 * has threads of its own for what blocks.
 */
public final class ClassicWatch implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.happo.hub.classic");
  private static final Duration LOOK = Duration.ofSeconds(2);

  /** Agents are asked first one after the other, within this time. */
  private static final Duration LONGEST_SPREAD = Duration.ofSeconds(30);

  private static final long SPREAD_MILLIS = 50;

  private final ClassicBook book;
  private final Fleet fleet;
  private final PlanBook plans;
  private final Intake intake;
  private final InstantSource clock;
  private final HttpsClient https;
  private final ClassicClient client;
  private final Map<String, Watched> watched = new HashMap<>(); // Of the thread alone.
  private final Map<Watched, Thread> looking = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = Thread.ofVirtual().name("classic").unstarted(this::lookAlways);

  public ClassicWatch(
      ClassicBook book, Fleet fleet, PlanBook plans, Intake intake, InstantSource clock) {
    this.book = book;
    this.fleet = fleet;
    this.plans = plans;
    this.intake = intake;
    this.clock = clock;
    https =
        new HttpsClient(
            new Trust.FirstUse(
                (host, port, shown) -> Trust.Pin.of(book.key(host, port, shown.hex()))),
            Optional.empty());
    client = new ClassicClient(https);
  }

  /** Begins. */
  public void start() {
    thread.start();
  }

  private void lookAlways() {
    try {
      do {
        try {
          look();
        } catch (RuntimeException e) {
          LOG.log(Level.ERROR, "agents could not be looked at; trying again", e);
        }
      } while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    }
  }

  private void look() {
    var gone = new HashMap<>(watched);
    var ways = book.ways();
    long spread = Math.min(LONGEST_SPREAD.toMillis(), SPREAD_MILLIS * ways.size());
    for (var way : ways) {
      var id = way.member().id();
      var one = watched.get(id);
      if (one == null || one.way().equals(way)) {
        gone.remove(id);
      }
      if (one == null || gone.containsKey(id)) {
        var wait = Duration.ofMillis(Math.floorMod(id.hashCode(), spread));
        one = new Watched(way, client, fleet, plans, intake, clock, wait);
        one.start();
        watched.put(id, one);
      }
      look(one);
    }
    gone.forEach(
        (id, one) -> {
          one.end();
          Thread.startVirtualThread(one::close);
          if (watched.get(id) == one) {
            watched.remove(id);
            fleet.present(one.way().member(), Presence.Kind.STOPPED);
          }
        });
  }

  /** At one agent at a time; who is being looked at waits for the next time. */
  private void look(Watched one) {
    if (looking.containsKey(one) || !one.isDue()) {
      return;
    }
    var thread =
        Thread.ofVirtual()
            .name("classic-look")
            .unstarted(
                () -> {
                  try {
                    one.look();
                  } catch (RuntimeException e) {
                    LOG.log(
                        Level.ERROR,
                        "agent=" + one.way().member().name() + " could not be looked at",
                        e);
                  } finally {
                    looking.remove(one);
                  }
                });
    looking.put(one, thread);
    thread.start();
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    var ends = new ArrayList<Thread>();
    for (var one : List.copyOf(watched.values())) {
      ends.add(Thread.startVirtualThread(one::close));
    }
    for (var end : ends) {
      try {
        end.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    https.close();
  }
}
