package io.happo.agent.autoscaling;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What is asked of AWS. Each call may block for a minute, and fails with one line that says why.
 */
public interface Cloud {
  /**
   * This machine, when it is an instance.
   *
   * @param group of Auto Scaling that it belongs to
   */
  record Self(Instance instance, String group) {}

  /**
   * The instances in service of some groups, in AWS's order.
   *
   * @return without the groups that AWS does not know
   */
  Map<String, List<Instance>> inService(List<String> groups) throws IOException;

  /** Who this machine is; fails where it belongs to no group. */
  Self self() throws IOException;

  /** The parameters below a path of SSM's Parameter Store, by what follows it. */
  Map<String, String> parameters(String path) throws IOException;
}
