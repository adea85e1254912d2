package io.happo.hub.classic;

import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.PlanBook;
import io.happo.hub.fleet.Presence;
import io.happo.hub.intake.Intake;
import io.happo.hub.store.ClassicHosts;
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
import java.util.UUID;
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

  private final ClassicBook book;
  private final Fleet fleet;
  private final PlanBook plans;
  private final Intake intake;
  private final InstantSource clock;
  private final HttpsClient https;
  private final ClassicClient client;
  private final String epoch = "classic-" + UUID.randomUUID();
  private final Map<String, Watched> watched = new HashMap<>(); // Of the thread alone.
  private final Map<String, Thread> looking = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = Thread.ofVirtual().name("classic").unstarted(this::lookAlways);

  public ClassicWatch(
      ClassicBook book,
      ClassicHosts hosts,
      Fleet fleet,
      PlanBook plans,
      Intake intake,
      InstantSource clock) {
    this.book = book;
    this.fleet = fleet;
    this.plans = plans;
    this.intake = intake;
    this.clock = clock;
    https =
        new HttpsClient(
            new Trust.FirstUse(
                (host, port, shown) ->
                    Trust.Pin.of(hosts.key(host, port, shown.hex(), clock.millis()))),
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
    for (var way : book.ways()) {
      var id = way.member().id();
      var one = gone.remove(id);
      if (one == null) {
        one = new Watched(way, client, fleet, plans, intake, clock, epoch);
        one.start();
        watched.put(id, one);
      }
      var looked = one;
      looking.computeIfAbsent(
          id,
          _ ->
              Thread.ofVirtual()
                  .name("classic-look")
                  .start(
                      () -> {
                        try {
                          looked.look();
                        } catch (RuntimeException e) {
                          LOG.log(
                              Level.ERROR,
                              "agent=" + looked.way().member().name() + " could not be looked at",
                              e);
                        } finally {
                          looking.remove(id);
                        }
                      }));
    }
    gone.forEach(
        (id, one) -> {
          watched.remove(id);
          Thread.startVirtualThread(one::close);
          fleet.present(one.way().member(), Presence.Kind.STOPPED);
        });
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
