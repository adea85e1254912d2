package io.happo.agent.collectors;

import io.happo.agent.exec.Exec;
import io.happo.core.plan.Collector;
import io.happo.program.files.Trees;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The collectors of the agent's plan. Nothing of them exists until there is one, but what an agent
 * before this one left, which is ended first. Any thread.
 */
public final class Collectors implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.collectors");

  /** How often their memory is looked at. */
  static final Duration WATCH = Duration.ofSeconds(10);

  private final CollectorSettings settings;
  private final Values store;
  private final CountDownLatch ready = new CountDownLatch(1);

  // Under the lock.
  private final Map<String, Kept> kept = new HashMap<>();
  private final Map<String, Supervisor> ending = new HashMap<>();
  private @Nullable Scraper scraper;
  private @Nullable Thread watch;
  private boolean begun;
  private boolean closed;

  private static final class Kept {
    private final Supervisor supervisor;
    private @Nullable Scraping scraping;

    Kept(Supervisor supervisor) {
      this.supervisor = supervisor;
    }

    CollectorStatus status(int lines) {
      var reading = scraping;
      return supervisor.status(reading == null ? List.of() : reading.troubles(), lines);
    }
  }

  public Collectors(CollectorSettings settings, Values store) {
    this.settings = settings;
    this.store = store;
  }

  /** From now on these are to run, and no others. Returns at once. */
  public synchronized void use(List<Collector> wanted) {
    if (closed) {
      return;
    }
    if (!begun && (!wanted.isEmpty() || Files.exists(settings.folder()))) {
      begun = true;
      var names = new HashSet<String>();
      wanted.forEach(collector -> names.add(collector.name()));
      Thread.ofVirtual().name("collectors-begin").start(() -> begin(names));
    }
    var gone = new HashSet<>(kept.keySet());
    for (var collector : wanted) {
      gone.remove(collector.name());
      var here = kept.get(collector.name());
      if (here == null) {
        var before = ending.remove(collector.name());
        here = new Kept(new Supervisor(collector, settings, ready, before));
        kept.put(collector.name(), here);
        here.supervisor.start();
      } else {
        here.supervisor.use(collector);
      }
      scrape(collector, here);
    }
    gone.forEach(this::end);
    if (!kept.isEmpty() && watch == null) {
      watch = Thread.ofVirtual().name("collectors-watch").start(this::watch);
    }
  }

  private void scrape(Collector collector, Kept here) {
    var now = here.scraping;
    if (now != null && now.reads(collector.scrape(), collector.scrapeEvery())) {
      return;
    }
    if (now != null) {
      now.close();
      here.scraping = null;
    }
    if (!collector.scrape().isEmpty()) {
      var reader = scraper;
      if (reader == null) {
        reader = new Scraper(store, settings.hostname(), settings.clock());
        scraper = reader;
      }
      now = new Scraping(collector.scrape(), collector.scrapeEvery(), here.supervisor, reader);
      here.scraping = now;
      now.start();
    }
  }

  private void end(String name) {
    var here = kept.remove(name);
    if (here == null) {
      return;
    }
    if (here.scraping != null) {
      here.scraping.close();
    }
    here.supervisor.close();
    ending.put(name, here.supervisor);
    Thread.ofVirtual()
        .name("collector-end")
        .start(
            () -> {
              here.supervisor.join();
              synchronized (this) {
                if (ending.remove(name, here.supervisor)) {
                  here.supervisor.removeFiles();
                }
              }
            });
  }

  /** Ends and removes what is left of an agent that did not end in good order. */
  private void begin(Set<String> names) {
    try {
      int left = Exec.endLeft(settings.mark(), Supervisor.KILL_AFTER);
      if (left > 0) {
        LOG.log(Level.WARNING, "ended processes of collectors that were left: {0}", left);
      }
      if (Files.exists(settings.folder())) {
        try (var folders = Files.list(settings.folder())) {
          folders
              .filter(folder -> !names.contains(folder.getFileName().toString()))
              .forEach(Trees::removeQuietly);
        }
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "old files of collectors stay: {0}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ready.countDown();
    }
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(WATCH);
        look(Exec::residentBytes);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Looks at the memory of all that run. */
  void look(Function<List<Long>, Map<Long, Long>> bytes) {
    var pids = new HashMap<Long, Supervisor>();
    synchronized (this) {
      for (var one : kept.values()) {
        long pid = one.supervisor.pid();
        if (pid != 0) {
          pids.put(pid, one.supervisor);
        }
      }
    }
    if (!pids.isEmpty()) {
      var found = bytes.apply(List.copyOf(pids.keySet()));
      pids.forEach((pid, supervisor) -> supervisor.resident(pid, found.getOrDefault(pid, 0L)));
    }
  }

  /** How the one of that name is; empty when there is none. */
  synchronized Optional<CollectorStatus> status(String name, int lines) {
    return Optional.ofNullable(kept.get(name)).map(one -> one.status(lines));
  }

  /** Ends all; when this returns nothing of them is left. */
  @Override
  public void close() {
    List<Supervisor> all;
    List<Scraping> readings = new ArrayList<>();
    synchronized (this) {
      closed = true;
      all = new ArrayList<>(ending.values());
      for (var one : kept.values()) {
        all.add(one.supervisor);
        one.supervisor.close();
        if (one.scraping != null) {
          readings.add(one.scraping);
        }
      }
      kept.clear();
    }
    if (watch != null) {
      watch.interrupt();
    }
    readings.forEach(Scraping::close);
    all.forEach(Supervisor::join);
    if (scraper != null) {
      scraper.close();
    }
  }
}
