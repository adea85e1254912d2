package io.happo.agent.uplink;

import io.happo.core.link.JoinToken;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What an uplink must know at its start.
 *
 * @param folder the agent's data folder, for its key and the hub it belongs to
 * @param version of the program
 * @param tags what the agent's settings say it is
 * @param invitation how to join when the agent belongs to no hub yet
 */
public record UplinkSettings(
    Path folder, String version, Map<String, String> tags, Optional<Invitation> invitation) {
  public UplinkSettings {
    tags = Map.copyOf(tags);
  }

  /**
   * A hub and a token for it.
   *
   * @param hub its address, https
   */
  public record Invitation(URI hub, JoinToken token) {}

  Path keyFile() {
    return folder.resolve(HubMembership.KEY_NAME);
  }

  Path membershipFile() {
    return folder.resolve(HubMembership.FILE_NAME);
  }
}
