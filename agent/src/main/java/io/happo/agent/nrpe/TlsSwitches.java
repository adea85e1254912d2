package io.happo.agent.nrpe;

/**
 * What the command line says of TLS, whatever the file says.
 *
 * @param off plain connections
 * @param legacy clients may come that know nothing but anonymous Diffie-Hellman
 */
public record TlsSwitches(boolean off, boolean legacy) {
  public TlsSwitches {
    if (off && legacy) {
      throw new IllegalArgumentException("no TLS and old TLS exclude each other");
    }
  }
}
