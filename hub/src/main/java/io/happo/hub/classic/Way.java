package io.happo.hub.classic;

import io.happo.hub.fleet.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An agent that is asked, and how it is reached.
 *
 * @param chain {@code host:port} each: bastions, and the agent or its alias last
 * @param group of an alias: what it is reached as, with its port, when all of its Auto Scaling
 *     group are meant
 * @param leads whether it is the one by which its group is told what to collect; of one that is in
 *     none, always
 */
record Way(Member member, List<String> chain, Optional<String> group, boolean leads) {
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

  /** The way to what it is an alias in; this one, when it is none. */
  Way toGroup() {
    if (group.isEmpty()) {
      return this;
    }
    var whole = new ArrayList<>(chain.subList(0, chain.size() - 1));
    whole.add(group.get());
    return new Way(member, whole, group, leads);
  }
}
