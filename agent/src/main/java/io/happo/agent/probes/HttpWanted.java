package io.happo.agent.probes;

import io.happo.agent.checks.Given;
import io.happo.agent.checks.PosixRegex;
import io.happo.agent.checks.Thresholds;
import io.happo.agent.checks.UsageException;
import io.happo.net.TlsVersions;
import io.happo.net.TlsVersions.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code check_http} was given, understood.
 *
 * @param timeoutSeconds of all of it; the most of the times in performance data
 * @param maxAgeSeconds -1 when any age is good
 */
record HttpWanted(
    Given given,
    HttpTarget target,
    TlsVersions versions,
    Optional<CertificateExpiry> expiry,
    Optional<Path> clientCertificate,
    Optional<Path> clientKey,
    String method,
    @Nullable Pattern regex,
    Thresholds time,
    double timeoutSeconds,
    long maxAgeSeconds,
    int leastBytes,
    int mostBytes) {

  static HttpWanted of(Given given) throws UsageException {
    var certificate = given.find("client-cert").map(Path::of);
    var key = given.find("private-key").map(Path::of);
    if (certificate.isPresent() != key.isPresent()) {
      throw new UsageException(
          "-J (--client-cert) and -K (--private-key) are needed together, or neither");
    }
    var expiry = given.find("certificate");
    var size = size(given.find("pagesize").orElse("0"));
    return new HttpWanted(
        given,
        target(given),
        versions(given.find("ssl").orElse("")),
        expiry.isEmpty()
            ? Optional.empty()
            : Optional.of(CertificateExpiry.of("-C (--certificate)", expiry.get())),
        certificate,
        key,
        given.find("method").orElse(given.has("post") ? "POST" : "GET"),
        regex(given),
        Thresholds.of(given),
        Reach.timeoutSeconds(given),
        maxAge(given),
        size[0],
        size[1]);
  }

  private static HttpTarget target(Given given) throws UsageException {
    var operands = given.operands();
    var address = given.find("IP-address").orElse(null);
    var host = given.find("hostname").orElse(null);
    for (var operand : operands) {
      if (address == null) {
        address = operand;
      } else if (host == null) {
        host = operand;
      }
    }
    if (address == null && host == null) {
      throw new UsageException("needs -H (--hostname), -I (--IP-address) or both");
    }
    boolean isTls = given.has("ssl") || given.has("certificate") || given.has("client-cert");
    var named = host == null ? null : new HttpTarget.HostPort(host);
    int port = named == null ? 0 : named.port();
    if (port < 0 || port > 65_535) {
      throw new UsageException("-H (--hostname): '" + host + "' has a port that is none");
    }
    int usual = isTls ? HttpTarget.HTTPS : HttpTarget.HTTP;
    int wanted = given.find("port").map(Integer::parseInt).orElse(port == 0 ? usual : port);
    var name = named == null ? null : named.host();
    return new HttpTarget(
        name,
        address == null ? String.valueOf(name) : address,
        wanted,
        port == 0 ? wanted : port,
        isTls,
        given.text("url"));
  }

  private static TlsVersions versions(String text) throws UsageException {
    boolean isMore = text.endsWith("+");
    var oldest =
        switch (isMore ? text.substring(0, text.length() - 1) : text) {
          case "", "1" -> Version.TLS_1_0;
          case "1.1" -> Version.TLS_1_1;
          case "1.2" -> Version.TLS_1_2;
          case "1.3" -> Version.TLS_1_3;
          default ->
              throw new UsageException(
                  "-S (--ssl): '"
                      + text
                      + "' is no version that is spoken here; write 1, 1.1, 1.2 or 1.3, with a +"
                      + " for newer ones too");
        };
    return new TlsVersions(oldest, isMore || text.isEmpty() ? Version.TLS_1_3 : oldest);
  }

  /** The last one counts; flags only those behind them. */
  private static @Nullable Pattern regex(Given given) throws UsageException {
    boolean isOverLines = false;
    boolean ignoresCase = false;
    Pattern regex = null;
    for (var one : given.inOrder()) {
      switch (one.name()) {
        case "linespan" -> isOverLines = true;
        case "regex", "ereg", "eregi" -> {
          ignoresCase |= one.name().equals("eregi");
          regex =
              isOverLines
                  ? PosixRegex.extended(one.value(), ignoresCase)
                  : PosixRegex.extendedByLines(one.value(), ignoresCase);
        }
        default -> {
          // Nothing to a regular expression.
        }
      }
    }
    return regex;
  }

  private static long maxAge(Given given) throws UsageException {
    var text = given.find("max-age").orElse("");
    if (text.isEmpty()) {
      return -1;
    }
    int factor =
        switch (text.charAt(text.length() - 1)) {
          case 'm' -> 60;
          case 'h' -> 3_600;
          case 'd' -> 86_400;
          default -> 1;
        };
    return factor
        * (long) whole("-M (--max-age)", factor == 1 ? text : text.substring(0, text.length() - 1));
  }

  private static int[] size(String text) throws UsageException {
    int colon = text.indexOf(':');
    return new int[] {
      whole("-m (--pagesize)", colon < 0 ? text : text.substring(0, colon)),
      colon < 0 ? 0 : whole("-m (--pagesize)", text.substring(colon + 1))
    };
  }

  private static int whole(String option, String text) throws UsageException {
    try {
      int number = Integer.parseInt(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new UsageException(option + ": '" + text + "' is no whole number");
  }

  /** Whether the server is reached through a proxy, at the address, by CONNECT. */
  boolean isByProxy() {
    return target.isTls()
        && target.host() != null
        && !target.address().equals(target.host())
        && (method.equals("CONNECT") || method.startsWith("CONNECT:"));
  }

  /** The method in the request. */
  String inner() {
    return method.equals("CONNECT") ? "GET" : method.substring(method.indexOf(':') + 1);
  }

  /** Base64 of the value of an option, as basic authentication sends it. */
  String basic(String option) {
    return Base64.getEncoder().encodeToString(given.text(option).getBytes(StandardCharsets.UTF_8));
  }
}
