package io.happo.core.plan;

import java.util.ArrayList;
import java.util.List;

/** An archive that is none, or not one that agents take, with everything that is wrong with it. */
public final class BadArchiveException extends Exception {
  /** A broken archive may be wrong in each of its entries: nobody reads more of them. */
  private static final int MOST = 20;

  private final transient List<String> problems;

  BadArchiveException(List<String> problems) {
    super(String.join("; ", shortened(problems)));
    this.problems = shortened(problems);
  }

  BadArchiveException(String problem) {
    this(List.of(problem));
  }

  /** At least one, in the order of the archive. */
  public List<String> problems() {
    return problems;
  }

  private static List<String> shortened(List<String> problems) {
    if (problems.size() <= MOST) {
      return List.copyOf(problems);
    }
    var shortened = new ArrayList<>(problems.subList(0, MOST));
    shortened.add("and " + (problems.size() - MOST) + " more problems");
    return List.copyOf(shortened);
  }
}
