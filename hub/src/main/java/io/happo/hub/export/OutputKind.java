package io.happo.hub.export;

import io.happo.hub.settings.Setting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The kinds of outputs, and what each must be told: one table for reader and documents. */
@SuppressWarnings("ImmutableEnumChecker") // Its lists do not change.
public enum OutputKind {
  /** Prometheus remote write 1.0, as Mimir, Thanos and VictoriaMetrics take it too. */
  REMOTE_WRITE {
    @Override
    List<Setting> own() {
      return HTTP;
    }

    @Override
    Receiver open(Map<String, String> settings, OutputLimits limits, InstantSource clock)
        throws IOException {
      return new HttpReceiver(settings, new RemoteWrite(names(settings)), limits, clock);
    }
  },
  /** OTLP/HTTP with protobuf, as the OpenTelemetry Collector takes it. */
  OTLP {
    @Override
    List<Setting> own() {
      return HTTP;
    }

    @Override
    boolean mayBeFixed(String label) {
      return Otlp.mayBeFixed(label);
    }

    @Override
    Receiver open(Map<String, String> settings, OutputLimits limits, InstantSource clock)
        throws IOException {
      return new HttpReceiver(settings, new Otlp(labels(settings)), limits, clock);
    }
  },
  /** Graphite's plaintext protocol over TCP, which is not encrypted. */
  GRAPHITE {
    @Override
    List<Setting> own() {
      return GRAPHITE_SETTINGS;
    }

    @Override
    Receiver open(Map<String, String> settings, OutputLimits limits, InstantSource clock) {
      return new Graphite(settings, names(settings), limits);
    }
  };

  private static final String YES = "yes";

  private static final List<Setting> COMMON =
      List.of(
          Setting.may(
              "labels",
              "",
              "NAME=VALUE, with commas between several: added to each series; for OTLP to each"
                  + " resource; for Graphite with names=tags alone."),
          Setting.may(
              "agent-tags",
              "",
              "Tags of agents, with commas between several, that their series have as"
                  + " agent_tag_NAME; OTLP has them all."),
          Setting.may(
              "metrics",
              "",
              "Patterns with commas between them: only these names, of perfdata these labels."),
          Setting.may(
              "checks", "", "Patterns with commas between them: only what these checks measure."),
          Setting.oneOf(
              "from",
              List.of("end", "beginning"),
              "Where a new output begins: with what is stored from now on, or with all that the"
                  + " log still has."));

  private static final List<Setting> HTTP =
      List.of(
          Setting.must("url", "Where to, whole, such as https://prometheus.example/api/v1/write."),
          Setting.oneOf(
              "allow-http",
              List.of("no", YES),
              "Whether http:// may leave this machine: values and tokens can be read on the way."),
          Setting.may(
              "ca",
              "",
              "A file of certificates (PEM) that the server's is checked by instead of those of"
                  + " the system."),
          Setting.secret("token", false, "Sent as Authorization: Bearer."),
          Setting.may("user", "", "For servers that ask for user and password."),
          Setting.secret("password", false, "Of that user."),
          Setting.secret(
              "header",
              false,
              "One header more, NAME: VALUE, for servers that take a key or a tenant so."));

  private static final List<Setting> GRAPHITE_SETTINGS =
      List.of(
          Setting.must("server", "The server, HOST or HOST:PORT; 2003 unless given."),
          Setting.may("prefix", "happo", "With names=path each name begins with it."),
          Setting.oneOf(
              "names",
              List.of("path", "tags"),
              "path: prefix.agent.check.label; tags: as Prometheus has them, with Graphite 1.1's"
                  + " tags."));

  private static final int MAX_PORT = 65_535;

  abstract List<Setting> own();

  /** Whether a label that is set may be called so. */
  boolean mayBeFixed(String label) {
    return PrometheusNames.mayBeFixed(label);
  }

  /**
   * Makes one that takes values.
   *
   * @param settings whole
   * @throws IOException when it cannot be, for reasons that may pass
   */
  abstract Receiver open(Map<String, String> settings, OutputLimits limits, InstantSource clock)
      throws IOException;

  /** As it is written. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public List<Setting> settings() {
    return Stream.concat(own().stream(), COMMON.stream()).toList();
  }

  /** The kind of a word. */
  public static Optional<OutputKind> of(String word) {
    for (var kind : values()) {
      if (kind.word().equals(word)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /** Everything that is wrong with what an output of this kind is told; empty is as not given. */
  public List<String> problems(Map<String, String> given) {
    var problems = new ArrayList<>(Setting.problems(settings(), given, this::problem));
    var url = given.getOrDefault("url", "");
    if (problems.isEmpty()
        && url.startsWith("http:")
        && !isLoopback(url)
        && !given.getOrDefault("allow-http", "").equals(YES)) {
      problems.add(
          "url: is http:// to another machine: take https://, or set allow-http=yes where all who"
              + " are between may read it");
    }
    if (!given.getOrDefault("token", "").isEmpty() && !given.getOrDefault("user", "").isEmpty()) {
      problems.add(
          "token: stands beside a user: a server is told one of them; an empty one (token=) clears"
              + " a token that was set before");
    }
    return problems;
  }

  private Optional<String> problem(Setting setting, String value) {
    if (value.chars().anyMatch(Character::isISOControl)) {
      return Optional.of("holds a control character");
    }
    return switch (setting.name()) {
      case "url" -> url(value);
      case "token" ->
          Setting.isPrintableAscii(value)
              ? Optional.empty()
              : Optional.of("holds other characters than those of ASCII");
      case "user" ->
          value.contains(":") ? Optional.of("holds a ':', which no user may") : Optional.empty();
      case "header" ->
          value.matches(
                  "(?i)(?!(authorization|host|content-|connection|transfer-|expect|upgrade|user-agent))"
                      + "[a-z0-9-]+:[ -~]+")
              ? Optional.empty()
              : Optional.of("is not NAME: VALUE, or one that is set by other means");
      case "server" -> server(value);
      case "prefix" ->
          value.matches("[A-Za-z0-9_.-]+")
              ? Optional.empty()
              : Optional.of("holds other characters than letters, digits, '.', '_' and '-'");
      case "labels" -> labels(value);
      default -> Optional.empty();
    };
  }

  private static Optional<String> url(String value) {
    if (!Setting.isHttp(value)) {
      return Optional.of("is no URL of http or https");
    }
    var url = URI.create(value);
    if (url.getUserInfo() != null) {
      return Optional.of("holds a user: give it as user and password");
    }
    return url.getPort() == -1 ? Optional.empty() : port(url.getPort());
  }

  private static Optional<String> server(String value) {
    if (!value.matches("([^:/\\s]+|\\[[0-9a-fA-F:]+\\])(:[0-9]{1,9})?")) {
      return Optional.of("is '" + value + "', expected HOST or HOST:PORT");
    }
    var port = value.substring(value.lastIndexOf(']') + 1);
    int colon = port.indexOf(':');
    return colon < 0 ? Optional.empty() : port(Integer.parseInt(port.substring(colon + 1)));
  }

  private static Optional<String> port(int port) {
    return port >= 1 && port <= MAX_PORT
        ? Optional.empty()
        : Optional.of("has the port " + port + ", expected one from 1 to " + MAX_PORT);
  }

  private Optional<String> labels(String value) {
    for (var label : Choice.list(value)) {
      int equals = label.indexOf('=');
      if (equals < 1 || equals == label.length() - 1) {
        return Optional.of("has '" + label + "', expected NAME=VALUE");
      }
      if (!mayBeFixed(label.substring(0, equals))) {
        return Optional.of(
            "has '"
                + label.substring(0, equals)
                + "', which is no name of a label, or one that series have already");
      }
    }
    return Optional.empty();
  }

  /** Names are not looked up: they may be another's tomorrow. */
  private static boolean isLoopback(String url) {
    var host = URI.create(url).getHost();
    if (host.equals("localhost")) {
      return true;
    }
    var literal = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    try {
      return (host.startsWith("[") || host.matches("[0-9.]+"))
          && InetAddress.ofLiteral(literal).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** What is given, and what is so unless given. */
  Map<String, String> whole(Map<String, String> given) {
    return Setting.whole(settings(), given);
  }

  static Map<String, String> labels(Map<String, String> settings) {
    var labels = new TreeMap<String, String>();
    for (var label : Choice.list(settings.getOrDefault("labels", ""))) {
      int equals = label.indexOf('=');
      labels.put(label.substring(0, equals), label.substring(equals + 1));
    }
    return labels;
  }

  static PrometheusNames names(Map<String, String> settings) {
    return new PrometheusNames(
        labels(settings), Choice.list(settings.getOrDefault("agent-tags", "")));
  }
}
