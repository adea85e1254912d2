package io.happo.agent.probes;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.Builtins;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The checks that ask something over the network. */
public final class Probes implements Builtins.Catalogue {
  @Override
  public List<String> names() {
    return List.of(
        "check_clamd",
        "check_curl",
        "check_dns",
        "check_docker",
        "check_ftp",
        "check_http",
        "check_imap",
        "check_jabber",
        "check_nntp",
        "check_nntps",
        "check_ntp_time",
        "check_ping",
        "check_pop",
        "check_simap",
        "check_smtp",
        "check_spop",
        "check_ssh",
        "check_ssl_cert",
        "check_ssmtp",
        "check_tcp",
        "check_udp");
  }

  @Override
  public @Nullable BuiltinCheck find(String name) {
    return switch (name) {
      case "check_curl", "check_http" -> new CheckHttp(name);
      case "check_dns" -> new CheckDns();
      case "check_docker" -> new CheckDocker();
      case "check_ntp_time" -> new CheckNtpTime();
      case "check_ping" -> new CheckPing();
      case "check_smtp" -> new CheckSmtp();
      case "check_ssh" -> new CheckSsh();
      case "check_ssl_cert" -> new CheckSslCert();
      default -> names().contains(name) ? new CheckTcp(name) : null;
    };
  }
}
