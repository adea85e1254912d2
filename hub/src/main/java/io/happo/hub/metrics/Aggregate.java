package io.happo.hub.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is made of many series. */
public enum Aggregate {
  /** Average of the averages. */
  AVG,
  /** Sum of the averages. */
  SUM,
  /** The least of all. */
  MIN,
  /** The most of all. */
  MAX,
  /** How many have a value. */
  COUNT;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Aggregate> of(String word) {
    return Arrays.stream(values()).filter(one -> one.word().equals(word)).findFirst();
  }

  public static List<String> words() {
    return Arrays.stream(values()).map(Aggregate::word).toList();
  }

  /** Whether what it makes is one of the values or lies between them: limits of these are its. */
  public boolean isAmongValues() {
    return switch (this) {
      case AVG, MIN, MAX -> true;
      case SUM, COUNT -> false;
    };
  }
}
