package io.happo.agent.lists;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.Builtins;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lists of what a machine has. */
public final class Lists implements Builtins.Catalogue {
  private final String metadata;

  public Lists() {
    this(ListCloud.METADATA);
  }

  /**
   * @param metadata where clouds tell machines of themselves, as {@code http://HOST:PORT}
   */
  Lists(String metadata) {
    this.metadata = metadata;
  }

  @Override
  public List<String> names() {
    return List.of(
        "list_cloud", "list_hardware", "list_os", "list_packages", "list_ports", "list_users");
  }

  @Override
  public @Nullable BuiltinCheck find(String name) {
    return switch (name) {
      case "list_cloud" -> new ListCloud(metadata);
      case "list_hardware" -> new ListHardware();
      case "list_os" -> new ListOs();
      case "list_packages" -> new ListPackages();
      case "list_ports" -> new ListPorts();
      case "list_users" -> new ListUsers();
      default -> null;
    };
  }
}
