package io.happo.net;

/** What went wrong with a socket, in words for people. */
final class SocketFailure {
  private static final String NATIVE = "failed with error(";

  private SocketFailure() {}

  /**
   * The system's words without what Netty's native transport writes before them: {@code
   * recvAddress(..) failed with error(-104): }.
   */
  static String words(Throwable cause) {
    var message = String.valueOf(cause.getMessage());
    int at = message.indexOf(NATIVE);
    int end = at < 0 ? -1 : message.indexOf("): ", at);
    return end < 0 ? message : message.substring(end + 3);
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
