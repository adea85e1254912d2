package io.happo.net;

/** What went wrong with a socket, in words for people. */
final class SocketFailure {
  private SocketFailure() {}

  /** The system's words. */
  static String words(Throwable cause) {
    var message = cause.getMessage();
    return message == null ? "the connection was closed" : message;
  }

  /** Why an address cannot be had, and what to do about it. */
  static String ofBind(Throwable cause) {
    var words = words(cause);
    if (words.contains("in use")) {
      return "another program listens there already; stop it, or choose another port";
    }
    if (words.contains("assign requested address")) {
      return "this is no address of this machine; choose one that `ip address` shows";
    }
    if (words.contains("ermission denied")) {
      return "permission denied; a port below 1024 needs root or the capability"
          + " CAP_NET_BIND_SERVICE";
    }
    return words;
  }
}
