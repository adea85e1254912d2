package io.happo.agent.collectors;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads the values of one collector at its times, on a virtual thread, while the collector runs.
 */
final class Scraping {
  /** Until a program that has just been started is expected to answer, at most. */
  private static final Duration WARM_UP = Duration.ofSeconds(5);

  private final List<String> addresses;
  private final Duration every;
  private final Supervisor supervisor;
  private final Scraper scraper;
  private final Map<String, String> troubles = new ConcurrentHashMap<>();
  private final Thread thread;

  Scraping(List<String> addresses, Duration every, Supervisor supervisor, Scraper scraper) {
    this.addresses = addresses;
    this.every = every;
    this.supervisor = supervisor;
    this.scraper = scraper;
    thread = Thread.ofVirtual().name("collector-scrape").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  boolean reads(List<String> others, Duration at) {
    return addresses.equals(others) && every.equals(at);
  }

  /** What is wrong, of each address. */
  List<String> troubles() {
    var all = new ArrayList<String>();
    for (var address : addresses) {
      var trouble = troubles.get(address);
      if (trouble != null) {
        all.add(address + ": " + trouble);
      }
    }
    return all;
  }

  private void run() {
    try {
      Thread.sleep(WARM_UP.compareTo(every) < 0 ? WARM_UP : every);
      long next = System.nanoTime();
      while (true) {
        if (supervisor.pid() != 0) {
          for (var address : addresses) {
            read(address);
          }
        } else {
          troubles.clear(); // That it does not run is told already.
        }
        long now = System.nanoTime();
        next = Math.max(next + every.toNanos(), now);
        Thread.sleep(Duration.ofNanos(next - now));
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void read(String address) throws InterruptedException {
    var trouble = scraper.scrape(address);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (trouble.isEmpty()) {
      troubles.remove(address);
    } else {
      troubles.put(address, trouble);
    }
  }

  /** Ends, also what is being read; returns when that is done. */
  void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
