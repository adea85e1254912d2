package io.happo.e2e;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Puts this run's ports and folders where a recording has its own: ports 177xx and 178xx,
 * {@code @R@} and {@code @RUN@}.
 */
final class Mapping {
  private static final Pattern PORT = Pattern.compile("(?<![0-9])17[78][0-9]{2}(?![0-9])");

  private final Map<Integer, Integer> ports = new TreeMap<>();
  private final String recorded;
  private final String runs;

  Mapping(String recorded, String runs) {
    this.recorded = recorded;
    this.runs = runs;
  }

  void port(int theirs, int ours) {
    ports.put(theirs, ours);
  }

  String apply(String text) {
    return PORT.matcher(text.replace("@RUN@", runs).replace("@R@", recorded))
        .replaceAll(found -> "" + port(Integer.parseInt(found.group())));
  }

  private int port(int theirs) {
    var ours = ports.get(theirs);
    if (ours == null) {
      throw new AssertionError(
          "no server of this run stands for port " + theirs + " of the recording");
    }
    return ours;
  }
}
