package io.happo.agent.scheduler;

import io.happo.core.plan.Bundle;
import io.happo.core.plan.Plan;
import io.happo.core.plan.Problem;
import io.happo.core.plan.Work;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a hub may have run on this machine, by the agent's own setting {@code hub-may-run}, which no
 * hub can change. Each allows what the ones before it allow.
 */
public enum HubMayRun {
  /** Checks that are part of the agent. */
  BUILTIN,
  /** Plugins that lie in the agent's plugin folders. */
  INSTALLED,
  /**
   * Signed bundles; whether a signature is good shows when the bundle is fetched. And collectors.
   */
  BUNDLES,
  /** Bundles that nobody signed, and whatever is to be run now. */
  ANYTHING;

  /** As it stands in the settings. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one with this word. */
  public static Optional<HubMayRun> of(String word) {
    for (var one : values()) {
      if (one.word().equals(word)) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }

  public boolean allows(HubMayRun wanted) {
    return compareTo(wanted) >= 0;
  }

  /** What in a plan it forbids; a plan with any is not to be taken. */
  public List<Problem> problems(Plan plan) {
    var unsigned = new HashSet<String>();
    var problems = new ArrayList<Problem>();
    for (var bundle : plan.bundles()) {
      if (bundle.signature().isEmpty()) {
        unsigned.add(bundle.sha256());
      }
      if (bundle.kind() == Bundle.Kind.ARCHIVE) {
        refuse("bundle " + bundle.name(), needs(bundle.sha256(), unsigned), problems);
      }
    }
    for (var check : plan.checks()) {
      switch (check.work()) {
        case Work.Builtin _ -> refuse(check.name() + ".builtin", BUILTIN, problems);
        case Work.Plugin _ -> refuse(check.name() + ".plugin", INSTALLED, problems);
        case Work.Script script ->
            refuse(check.name() + ".script", needs(script.sha256(), unsigned), problems);
        case Work.Packed packed ->
            refuse(check.name() + ".archive", needs(packed.sha256(), unsigned), problems);
      }
    }
    for (var plugin : plan.metrics()) {
      refuse("metrics " + plugin.name(), INSTALLED, problems);
    }
    // Any program, with any settings: these can name further commands.
    for (var collector : plan.collectors()) {
      refuse("collector " + collector.name(), BUNDLES, problems);
    }
    return problems;
  }

  private static HubMayRun needs(String bundle, Set<String> unsigned) {
    return unsigned.contains(bundle) ? ANYTHING : BUNDLES;
  }

  private void refuse(String place, HubMayRun needed, List<Problem> problems) {
    if (!allows(needed)) {
      problems.add(
          new Problem(
              place,
              (needed == ANYTHING && allows(BUNDLES) ? "is not signed, and " : "")
                  + "needs hub-may-run "
                  + needed.word()
                  + "; the settings of this agent say "
                  + word()));
    }
  }
}
