package io.happo.agent.cli;

import io.happo.program.cli.Option;
import io.happo.program.cli.Type;

/** Options that several client commands share. */
final class ClientOptions {
  private ClientOptions() {}

  static Option port() {
    return Option.of("port", Type.PORT, "PORT", "HTTPS port of the agent on this host.")
        .withKey('P')
        .from("HAPPO_AGENT_PORT")
        .byDefault("6777");
  }

  static Option group() {
    return Option.of(
            "group_name",
            Type.TEXT,
            "GROUP_NAME",
            "Group of the host, or GROUP!SUBGROUP. Required.")
        .withKey('g')
        .from("HAPPO_AGENT_GROUP_NAME");
  }

  static Option ip() {
    return Option.of("ip", Type.TEXT, "IP", "Address of this host. Required.")
        .withKey('i')
        .from("HAPPO_AGENT_IP");
  }

  static Option endpoint() {
    return Option.of("endpoint", Type.TEXT, "URL", "Management server, http or https. Required.")
        .withKey('e')
        .from("HAPPO_AGENT_ENDPOINT");
  }

  static Option proxy(String doc) {
    return Option.of("proxy", Type.LIST, "PROXY", doc)
        .withKey('p')
        .from("HAPPO_AGENT_PROXY")
        .thatRepeats();
  }

  static Option autoscalingGroup(String doc) {
    return Option.of("autoscaling_group_name", Type.TEXT, "NAME", doc)
        .withKey('n')
        .from("HAPPO_AGENT_AUTOSCALING_GROUP_NAME");
  }

  static Option bastion() {
    return Option.of(
            "bastion-endpoint", Type.TEXT, "BASTION_ENDPOINT", "Agent to ask, http or https.")
        .withKey('b')
        .from("HAPPO_AGENT_BASTION_ENDPOINT")
        .byDefault("https://127.0.0.1:6777");
  }

  static Option authorities() {
    return Option.of(
        "ca",
        Type.FILE,
        "FILE",
        "Authorities, PEM. The peer must show a certificate that one of them issued for the name or"
            + " address asked for. Without this and --pin any certificate will do.");
  }

  static Option pin() {
    return Option.of(
        "pin",
        Type.SHA256,
        "SHA256",
        "Digest of the public key (SubjectPublicKeyInfo) that the peer must have.");
  }

  static Option apiKeyFile() {
    return Option.of(
        "api-key-file", Type.FILE, "FILE", "File whose first line is the API key to send.");
  }
}
