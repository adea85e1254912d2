package io.happo.agent.probes;

import io.happo.agent.checks.Given;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.UsageException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code check_tcp} was given, understood.
 *
 * @param host a name, an address, or the path of a socket
 * @param where host and port for people
 * @param serverName null when there is none to ask for in TLS
 * @param expects as bytes, each a character
 * @param isFirst whether the answer must begin with one of these, and not only hold it
 */
record TcpWanted(
    Given given,
    boolean isUdp,
    String host,
    int port,
    String where,
    Reach.Family family,
    boolean isTls,
    @Nullable String serverName,
    Optional<CertificateExpiry> expiry,
    byte[] send,
    byte[] quit,
    List<String> expects,
    boolean isFirst,
    boolean isHidden,
    int delaySeconds,
    ResponseTime time) {
  /** Whether an answer is what is expected. */
  enum Match {
    YES,
    NO,
    /** Not yet: more may come. */
    OPEN
  }

  static TcpWanted of(String name, Given given) throws UsageException {
    boolean isUdp = name.equals("check_udp");
    var service = TcpService.of(name);
    if (isUdp && !(given.has("send") && given.has("expect"))) {
      throw new UsageException("needs -s (--send) and -e (--expect)");
    }
    var operands = given.operands();
    var host =
        given.find("hostname").orElse(operands.isEmpty() ? "127.0.0.1" : operands.getFirst());
    if (given.has("hostname") && !operands.isEmpty()) {
      throw new UsageException("does not take the argument '" + operands.getFirst() + "' with -H");
    }
    boolean isFile = host.startsWith("/");
    int port = given.find("port").map(Integer::parseInt).orElse(service.port());
    if (port == 0 && !isFile) {
      throw new UsageException("-p (--port) is missing");
    }
    var hostAndPort = given.has("hostname") ? OneLine.of(host) + " port " + port : "port " + port;
    var said = new Said(given, service);
    var expects = given.all("expect").stream().map(TcpWanted::bytes).toList();
    var expiry = isUdp ? Optional.<String>empty() : given.find("certificate");
    return new TcpWanted(
        given,
        isUdp,
        host,
        port,
        isFile ? "socket " + OneLine.of(host) : hostAndPort,
        Reach.family(given),
        service.isTls() || (!isUdp && (given.has("ssl") || expiry.isPresent())),
        isFile || isUdp ? null : given.find("sni").orElse(host),
        expiry.isEmpty()
            ? Optional.empty()
            : Optional.of(CertificateExpiry.of("-D (--certificate)", expiry.get())),
        said.send.getBytes(StandardCharsets.UTF_8),
        said.quit.getBytes(StandardCharsets.UTF_8),
        expects.isEmpty() ? service.expects() : expects,
        expects.isEmpty(),
        service.isHidden() || given.has("jail"),
        given.find("delay").map(Integer::parseInt).orElse(0),
        ResponseTime.of(given));
  }

  private static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** What is sent at first and at last. In its order: {@code -E} is for what stands behind it. */
  private static final class Said {
    private String send;
    private String quit;

    Said(Given given, TcpService service) {
      send = service.send();
      quit = service.quit();
      boolean isEscaped = false;
      for (var one : given.inOrder()) {
        switch (one.name()) {
          case "escape" -> isEscaped = true;
          case "send" -> send = isEscaped ? unescaped(one.value()) : one.value();
          case "quit" -> quit = isEscaped ? unescaped(one.value()) : one.value() + "\r\n";
          default -> {
            // Another option.
          }
        }
      }
    }
  }

  private static String unescaped(String text) {
    var plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        i++;
        c =
            switch (text.charAt(i)) {
              case 'n' -> '\n';
              case 'r' -> '\r';
              case 't' -> '\t';
              default -> text.charAt(i);
            };
      }
      plain.append(c);
    }
    return plain.toString();
  }

  /** What a refused connection means. */
  Status refused() {
    return state(given.text("refuse"));
  }

  /** What another answer than is expected means. */
  Status mismatch() {
    return state(given.text("mismatch"));
  }

  private static Status state(String word) {
    return switch (word) {
      case "ok" -> Status.OK;
      case "warn" -> Status.WARNING;
      default -> Status.CRITICAL;
    };
  }

  double timeoutSeconds() {
    return Reach.timeoutSeconds(given);
  }

  /** So many bytes are enough, at most. */
  int maxBytes(int most) {
    return Math.min(most, given.find("maxbytes").map(Integer::parseInt).orElse(most));
  }

  /**
   * Judges what has come until now.
   *
   * @param answer as bytes, each a character
   */
  Match match(String answer) {
    int found = 0;
    boolean isOpen = !isFirst;
    for (var text : expects) {
      if (isFirst ? answer.startsWith(text) : answer.contains(text)) {
        found++;
      } else {
        isOpen |= isFirst && text.startsWith(answer);
      }
    }
    if (given.has("all") ? found == expects.size() : found > 0) {
      return Match.YES;
    }
    return isOpen ? Match.OPEN : Match.NO;
  }
}
