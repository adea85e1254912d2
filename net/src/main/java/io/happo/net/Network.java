package io.happo.net;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An IP address, or a network in CIDR notation; IPv4 or IPv6. Only its first bits count, so an
 * address within a network names that network. Names are never looked up.
 */
public final class Network {
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final Pattern BITS = Pattern.compile("[0-9]{1,3}");

  private final byte[] address;
  private final int prefixBits;

  private Network(InetAddress address, int prefixBits) {
    this.address = address.getAddress();
    this.prefixBits = prefixBits;
  }

  /** Reads {@code 192.0.2.7}, {@code 192.0.2.0/24}, {@code 2001:db8::/32}; else nothing. */
  public static Optional<Network> parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return literal(text)
          .map(address -> new Network(address, address.getAddress().length * Byte.SIZE));
    }
    var bits = text.substring(slash + 1);
    if (!BITS.matcher(bits).matches()) {
      return Optional.empty();
    }
    int prefix = Integer.parseInt(bits);
    return literal(text.substring(0, slash))
        .filter(address -> prefix <= address.getAddress().length * Byte.SIZE)
        .map(address -> new Network(address, prefix));
  }

  /** An address that is written out. */
  public static Optional<InetAddress> literal(String text) {
    if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whether an address of the same kind has the same first bits. */
  public boolean contains(InetAddress other) {
    var bytes = other.getAddress();
    if (bytes.length != address.length) {
      return false;
    }
    for (int bit = 0; bit < prefixBits; bit++) {
      if (((address[bit / Byte.SIZE] ^ bytes[bit / Byte.SIZE]) & mask(bit)) != 0) {
        return false;
      }
    }
    return true;
  }

  public boolean isIpv4() {
    return address.length == 4;
  }

  /** How many of the first bits count; 0: every address of the kind is within. */
  public int prefixBits() {
    return prefixBits;
  }

  /** Whether a bit is set behind those that count, as in {@code 192.0.2.7/24}. */
  public boolean hasHostBits() {
    for (int bit = prefixBits; bit < address.length * Byte.SIZE; bit++) {
      if ((address[bit / Byte.SIZE] & mask(bit)) != 0) {
        return true;
      }
    }
    return false;
  }

  private static int mask(int bit) {
    return 0x80 >> bit % Byte.SIZE;
  }
}
