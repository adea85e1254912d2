package io.happo.agent.probes;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.Builtins;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The checks that ask something over the network. */
public final class Probes implements Builtins.Catalogue {
  @Override
  public List<String> names() {
    return List.of("check_curl", "check_docker", "check_http", "check_ssl_cert");
  }

  @Override
  public @Nullable BuiltinCheck find(String name) {
    return switch (name) {
      case "check_curl", "check_http" -> new CheckHttp(name);
      case "check_docker" -> new CheckDocker();
      case "check_ssl_cert" -> new CheckSslCert();
      default -> null;
    };
  }
}
