package io.happo.hub.classic;

import io.happo.hub.fleet.Member;
import java.util.List;

/**
 * An agent that is asked, and how it is reached.
 *
 * @param chain {@code host:port} each: bastions, and the agent or its alias last
 */
record Way(Member member, List<String> chain) {
  Way {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("a way leads somewhere");
    }
  }

  /** Whom the hub asks: the agent itself, or the first bastion. */
  String first() {
    return chain.getFirst();
  }
}
