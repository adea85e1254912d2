package io.happo.net;

/** A packet that gets no answer. The message says why, to whoever runs the server. */
public final class RefusedPacketException extends Exception {
  private static final long serialVersionUID = 1;

  public RefusedPacketException(String message) {
    super(message);
  }
}
