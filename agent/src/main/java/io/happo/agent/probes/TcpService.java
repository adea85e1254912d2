package io.happo.agent.probes;

import java.util.List;

/**
 * What {@code check_tcp} asks by the name it is called by, unless it is given something else.
 *
 * @param port 0 when it must be given
 * @param send sent first; empty for nothing
 * @param expects with one of these the answer must begin; empty when there need be none
 * @param quit sent at last; empty for nothing
 * @param isHidden whether the answer is not shown
 */
record TcpService(
    int port, boolean isTls, String send, List<String> expects, String quit, boolean isHidden) {
  static final TcpService NONE = new TcpService(0, false, "", List.of(), "", false);

  private static final String QUIT = "QUIT\r\n";
  private static final String XMPP =
      "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'";

  static TcpService of(String check) {
    return switch (check) {
      case "check_ftp" -> talk(21, false, QUIT, "220");
      case "check_pop" -> talk(110, false, QUIT, "+OK");
      case "check_spop" -> talk(995, true, QUIT, "+OK");
      case "check_imap" -> talk(143, false, "a1 LOGOUT\r\n", "* OK");
      case "check_simap" -> talk(993, true, "a1 LOGOUT\r\n", "* OK");
      case "check_ssmtp" -> talk(465, true, QUIT, "220");
      case "check_nntp" -> talk(119, false, QUIT, "200", "201");
      case "check_nntps" -> talk(563, true, QUIT, "200", "201");
      case "check_clamd" -> new TcpService(3310, false, "PING", List.of("PONG"), "", false);
      case "check_jabber" ->
          new TcpService(
              5222,
              false,
              "<stream:stream to='host' " + XMPP + ">\n",
              List.of("<?xml version='1.0'"),
              "</stream:stream>\n",
              true);
      default -> NONE;
    };
  }

  private static TcpService talk(int port, boolean isTls, String quit, String... expects) {
    return new TcpService(port, isTls, "", List.of(expects), quit, false);
  }
}
