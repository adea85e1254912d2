package io.happo.agent.nrpe;

import io.happo.net.Network;
import java.util.regex.Pattern;

/** One entry of allowed_hosts: an address or network, or a name that is looked up when asked. */
sealed interface HostEntry {
  /** A network, or a single address. */
  record Addresses(Network network) implements HostEntry {}

  /** A host name. */
  record Name(String name) implements HostEntry {
    static final int MAX_LENGTH = 63;
    static final Pattern SHAPE =
        Pattern.compile("[A-Za-z0-9]+(-+[A-Za-z0-9]+)*(\\.[A-Za-z0-9]+(-+[A-Za-z0-9]+)*)*");
    static final Pattern ONLY_DIGITS = Pattern.compile("[0-9.]+");
  }

  /**
   * Reads an entry without blanks around it, by the rules of NRPE.
   *
   * @throws IllegalArgumentException that says what is wrong with it and what to write
   */
  static HostEntry parse(String entry) {
    var network = Network.parse(entry);
    if (network.isPresent()) {
      var found = network.get();
      if (found.isIpv4() && found.hasHostBits()) {
        throw new IllegalArgumentException(
            "'"
                + entry
                + "' lets nobody in: bits behind the first "
                + found.prefixBits()
                + " are set; write the address of the network, or the single address without /"
                + found.prefixBits());
      }
      return new Addresses(found);
    }
    if (entry.contains("*") || entry.contains("?")) {
      throw new IllegalArgumentException(
          "'" + entry + "' lets nobody in: there are no wildcards; write a network, 192.0.2.0/24");
    }
    if (entry.length() > Name.MAX_LENGTH) {
      throw new IllegalArgumentException(
          "'"
              + entry
              + "' lets nobody in: a name has at most "
              + Name.MAX_LENGTH
              + " characters here; write its address");
    }
    if (!Name.SHAPE.matcher(entry).matches() || Name.ONLY_DIGITS.matcher(entry).matches()) {
      throw new IllegalArgumentException(
          "'"
              + entry
              + "' lets nobody in: it is no address, no network such as 192.0.2.0/24 and no host"
              + " name");
    }
    return new Name(entry);
  }
}
