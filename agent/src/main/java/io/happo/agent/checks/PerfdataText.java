package io.happo.agent.checks;

import org.jspecify.annotations.Nullable;

/** Performance data as it is written: values separated by blanks. Of one thread. */
public final class PerfdataText {
  private final StringBuilder text = new StringBuilder();

  /**
   * One more, {@code label=value[unit];[warn];[crit];[min][;max]}: the semicolons as the functions
   * of monitoring-plugins write them.
   *
   * @param label quoted where it has to be
   * @param value with the unit behind it
   * @param warn null when there is none; likewise the others
   */
  public PerfdataText add(
      String label,
      String value,
      @Nullable String warn,
      @Nullable String crit,
      @Nullable String min,
      @Nullable String max) {
    begin(label).append(value).append(';');
    text.append(warn == null ? "" : warn).append(';').append(crit == null ? "" : crit).append(';');
    text.append(min == null ? "" : min);
    if (max != null) {
      text.append(';').append(max);
    }
    return this;
  }

  /** One more, with the rest behind its label as it is given. */
  public PerfdataText raw(String label, String rest) {
    begin(label).append(rest);
    return this;
  }

  private StringBuilder begin(String label) {
    if (!text.isEmpty()) {
      text.append(' ');
    }
    boolean plain = label.indexOf('\'') < 0 && label.indexOf('=') < 0 && label.indexOf(' ') < 0;
    return plain
        ? text.append(label).append('=')
        : text.append('\'').append(label.replace("'", "''")).append("'=");
  }

  /** The values; empty when there are none. */
  @Override
  public String toString() {
    return text.toString();
  }
}
