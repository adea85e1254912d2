package io.happo.hub.web;

import io.happo.hub.alert.Standing;
import io.happo.hub.api.Rooms;
import io.happo.hub.store.AlertBook;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Who knows of a trouble, or why nobody was told.
 *
 * @param kind {@code known}, {@code told}, {@code held} or {@code nobody}: also the name of a style
 * @param text for people
 * @param at when, unix milliseconds; 0: that is not to be shown
 */
record Known(String kind, String text, long at) {
  /** Of several checks. */
  record Those(Map<Long, List<AlertBook.Open>> open, boolean hasChannels) {
    Known of(long check, String knownBy, String comment) {
      if (!knownBy.isEmpty()) {
        return new Known(
            "known", knownBy + " knows" + (comment.isEmpty() ? "" : ": " + comment), 0);
      }
      var open = this.open.getOrDefault(check, List.of());
      for (var one : open) {
        if (one.told().status() != 0) {
          return new Known(
              "told", String.join(", ", one.told().channels()) + " told", one.told().at());
        }
      }
      for (var one : open) {
        if (!one.standing().gate().equals(Standing.GONE)) {
          return new Known("held", "not told: " + one.standing().why(), 0);
        }
      }
      return new Known("nobody", hasChannels ? "no rule tells of it" : "nobody is told yet", 0);
    }
  }

  static Those of(Rooms rooms, Collection<Long> checks) {
    return new Those(
        rooms.alertBook().open(checks).stream()
            .collect(Collectors.groupingBy(AlertBook.Open::check)),
        !rooms.notifier().channels().isEmpty());
  }
}
