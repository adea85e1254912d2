package io.happo.hub.intake;

import io.happo.core.link.Item;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;

/** Values of an agent that are not kept, and how that is said. For the writer's thread. */
final class DroppedValues {
  static final String EVENT = "metrics-dropped";

  /** Whoever sends too much is told so no more often than that. */
  private static final long EVERY_NANOS = Duration.ofMinutes(10).toNanos();

  private static final System.Logger LOG = System.getLogger(DroppedValues.class.getName());
  private static final int MAX_NAME = 100;

  private final long agent;

  private long ofNewSeries;
  private long ofWrongTime;
  private String why = "";
  private long saidNanos;
  private boolean isSaid;

  /**
   * @param agent its number; 0: values that are nobody's, whose events nobody sees, so the log has
   *     them
   */
  DroppedValues(long agent) {
    this.agent = agent;
  }

  /** One of a series that is one too many. */
  void newSeries(String name, int most) {
    if (ofNewSeries++ == 0) {
      why =
          "the hub keeps %d series of an agent at a time (--max-series), and this one has more, such as %s"
              .formatted(most, Names.shortened(name, MAX_NAME));
    }
  }

  /** One of a time that is not to be believed. */
  void wrongTime(String name, long time) {
    if (ofWrongTime++ == 0) {
      why =
          "%s came with the time %d, which is more than a day ahead or before 1970"
              .formatted(Names.shortened(name, MAX_NAME), Math.floorDiv(time, 1_000));
    }
  }

  /**
   * What is to be said now of what was dropped since it was said last.
   *
   * @param now unix milliseconds
   * @param nanos as {@link System#nanoTime}
   */
  Optional<Item.Event> event(long now, long nanos) {
    long dropped = ofNewSeries + ofWrongTime;
    if (dropped == 0 || (isSaid && nanos - saidNanos < EVERY_NANOS)) {
      return Optional.empty();
    }
    var details = new TreeMap<String, String>();
    details.put("values of new series", String.valueOf(ofNewSeries));
    details.put("values of a wrong time", String.valueOf(ofWrongTime));
    var event =
        new Item.Event(EVENT, now, "%d values were dropped: %s".formatted(dropped, why), details);
    if (agent == 0) {
      LOG.log(Level.WARNING, "values that are nobody''s: {0}", event.text());
    }
    isSaid = true;
    saidNanos = nanos;
    ofNewSeries = 0;
    ofWrongTime = 0;
    return Optional.of(event);
  }
}
