package io.happo.core.plan;

import io.happo.core.Nearest;
import java.util.List;

/**
 * What is part of an agent of this version. A hub may have agents of other versions: a name that is
 * not here is doubtful, and no mistake.
 */
public final class BuiltinNames {
  /** The checks and lists, in the order in which an agent lists them. */
  public static final List<String> ALL =
      List.of(
          "check_agent",
          "check_clamd",
          "check_collector",
          "check_cpu",
          "check_curl",
          "check_disk",
          "check_dns",
          "check_docker",
          "check_file_age",
          "check_ftp",
          "check_http",
          "check_imap",
          "check_jabber",
          "check_load",
          "check_log",
          "check_md_raid",
          "check_memory",
          "check_mount",
          "check_net",
          "check_nntp",
          "check_nntps",
          "check_ntp_time",
          "check_ping",
          "check_pop",
          "check_procs",
          "check_sensors",
          "check_simap",
          "check_smtp",
          "check_spop",
          "check_ssh",
          "check_ssl_cert",
          "check_ssmtp",
          "check_swap",
          "check_systemd",
          "check_tcp",
          "check_udp",
          "check_uptime",
          "check_users",
          "dns",
          "list_cloud",
          "list_hardware",
          "list_os",
          "list_packages",
          "list_ports",
          "list_users");

  private BuiltinNames() {}

  /** What may be wrong about a name, as the end of a sentence; empty: nothing. */
  static String doubt(String name) {
    if (ALL.contains(name) || ALL.contains("check_" + name)) {
      return "";
    }
    var whole = name.indexOf('_') < 0 ? "check_" + name : name;
    return "no agent of the hub's version has '" + name + "'" + Nearest.suggestion(whole, ALL);
  }
}
