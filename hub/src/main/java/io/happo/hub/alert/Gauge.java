package io.happo.hub.alert;

import io.happo.core.plan.Limit;
import org.jspecify.annotations.Nullable;

/** Says of a value whether it is a trouble, as its rule has it. For one thread. */
public final class Gauge {
  private final Limit limit;
  private final @Nullable Window window;

  /**
   * What a value says.
   *
   * @param text for people, with the limit when it is a trouble
   */
  public record Reading(boolean trouble, String text) {
    /** As a plugin would end. */
    public int status() {
      return trouble ? 2 : 0;
    }
  }

  public Gauge(Limit limit) {
    this.limit = limit;
    this.window =
        limit instanceof Limit.Change change
            ? new Window(change.rises(), change.within().toMillis())
            : null;
  }

  /**
   * Reads the newest value.
   *
   * @param name what people call it
   * @param time when it was measured, unix milliseconds
   * @param value a finite number
   */
  public Reading read(String name, long time, double value) {
    var is = name + " is " + Limit.number(value);
    return switch (limit) {
      case Limit.Level level -> {
        boolean trouble = level.range().alerts(value);
        yield new Reading(trouble, trouble ? is + ", " + level : is);
      }
      case Limit.Change change -> {
        double before = window == null ? value : window.with(time, value);
        double by = change.of(before, value);
        boolean trouble = by >= change.by();
        yield new Reading(
            trouble,
            trouble
                ? is
                    + (change.rises() ? ", risen by " : ", fallen by ")
                    + Limit.number(by)
                    + (change.percent() ? "%" : "")
                    + " from "
                    + Limit.number(before)
                    + ", "
                    + change.amount()
                    + " or more within "
                    + change.span()
                : is);
      }
      case Limit.Absent _ -> new Reading(false, is + ", it is there again");
    };
  }
}
