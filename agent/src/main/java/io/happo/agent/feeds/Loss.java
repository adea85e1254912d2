package io.happo.agent.feeds;

/** Why something that was sent is not among what is measured. */
enum Loss {
  BAD_LINE("lines that cannot be read"),
  LONG_LINE("lines that are too long"),
  UNFINISHED_LINE("lines whose end did not come"),
  NAMES("values of names beyond --metrics-max-names"),
  RATE("values beyond " + GraphiteBuffer.MAX_PER_MINUTE + " a minute"),
  BUSY("values that came while the disk was busy"),
  TIMER_VALUES("values of timers left out of median and percentile"),
  SET_MEMBERS("members beyond " + StatsdValues.MAX_MEMBERS + " of all sets"),
  UNWRITTEN("values that the disk did not take");

  /** For people, before a number. */
  private final String words;

  Loss(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  /** As labels and details name it. */
  String key() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
