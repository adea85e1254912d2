package io.happo.agent.uplink;

import io.happo.core.link.ToHub.PlanStatus;
import java.util.List;

/** Who puts a plan into effect. Any thread. */
public interface PlanApplier {
  /** The hash of the plan that is in effect; empty when there is none. */
  String hash();

  /** The digests of the bundles that are here. */
  List<String> bundles();

  /**
   * Takes a plan, or says why not; the old one stays then. May take its time; called by one thread
   * at a time.
   *
   * @param hash SHA-256 of the document's UTF-8 as the hub says, to be checked
   */
  PlanStatus apply(String hash, String document);

  /**
   * Whether what made the last {@link #apply} fail may pass by itself, as a full disk does: then it
   * is tried again.
   */
  default boolean mayPass() {
    return false;
  }
}
