package io.happo.agent.autoscaling;

/**
 * An instance of EC2 that is in service.
 *
 * @param id such as {@code i-0123456789abcdef0}
 * @param ip its private address
 */
public record Instance(String id, String ip) {
  public Instance {
    if (id.isEmpty() || ip.isEmpty()) {
      throw new IllegalArgumentException("an instance has an id and an address");
    }
  }
}
