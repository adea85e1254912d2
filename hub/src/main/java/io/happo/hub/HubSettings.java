package io.happo.hub;

import io.happo.hub.graphite.GraphiteSettings;
import io.happo.net.Network;
import io.happo.program.cli.Arguments;
import io.happo.program.keys.KeyFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the hub is told at its start.
 *
 * @param data its folder
 * @param address where it listens
 * @param publicUrl how agents and browsers reach it; empty: by this machine's name
 * @param keys certificate and private key, which are made when they are missing
 * @param store address of PostgreSQL, with its password; empty: a file in the folder
 * @param kept how long what is kept
 * @param maxSeries of what is measured, of one agent
 * @param maxAgents connected at once
 * @param graphite its port; empty: none
 * @param manageFrom who may add agents by {@code /manage/add}, beside this machine
 * @param logFile empty: standard error
 */
record HubSettings(
    Path data,
    InetSocketAddress address,
    Optional<URI> publicUrl,
    KeyFiles keys,
    String store,
    Forgetting.Kept kept,
    int maxSeries,
    int maxAgents,
    Optional<GraphiteSettings> graphite,
    List<Network> manageFrom,
    Optional<Path> logFile,
    Level logLevel) {
  static HubSettings of(Arguments arguments) throws IOException {
    var data = arguments.path("data");
    if (arguments.has("certificate") != arguments.has("key")) {
      throw new IOException("--certificate and --key go together: give both, or neither");
    }
    var keys =
        arguments.has("certificate")
            ? new KeyFiles(
                arguments.path("certificate"), arguments.path("key"), "--certificate and --key")
            : new KeyFiles(
                data.resolve("certificate.pem"),
                data.resolve("key.pem"),
                "--certificate and --key");
    return new HubSettings(
        data,
        address(arguments, "listen-address", "port"),
        publicUrl(arguments.text("public-url")),
        keys,
        store(arguments),
        new Forgetting.Kept(
            days(arguments, "keep-results-days"),
            days(arguments, "keep-inventory-days"),
            Map.of(
                io.happo.hub.metrics.Level.RAW, days(arguments, "keep-metrics-days"),
                io.happo.hub.metrics.Level.FIVE_MINUTES, days(arguments, "keep-metrics-5m-days"),
                io.happo.hub.metrics.Level.HOUR, days(arguments, "keep-metrics-1h-days"))),
        arguments.number("max-series"),
        arguments.number("max-agents"),
        graphite(arguments),
        networks(arguments, "manage-allowed-hosts"),
        arguments.has("logfile") ? Optional.of(arguments.path("logfile")) : Optional.empty(),
        level(arguments.text("log-level")));
  }

  private static List<Network> networks(Arguments arguments, String option) throws IOException {
    try {
      return GraphiteSettings.networks(arguments.list(option));
    } catch (IllegalArgumentException e) {
      throw new IOException("--" + option + ": " + e.getMessage(), e);
    }
  }

  private static Duration days(Arguments arguments, String option) {
    return Duration.ofDays(arguments.number(option));
  }

  private static InetSocketAddress address(Arguments arguments, String name, String portName)
      throws IOException {
    int port = arguments.number(portName);
    var host = arguments.text(name);
    try {
      return host.isEmpty()
          ? new InetSocketAddress(port)
          : new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw new IOException(
          "--" + name + ": there is no address '" + host + "' on this machine", e);
    }
  }

  private static Optional<GraphiteSettings> graphite(Arguments arguments) throws IOException {
    if (!arguments.has("graphite-port")) {
      return Optional.empty();
    }
    return Optional.of(
        new GraphiteSettings(
            address(arguments, "graphite-listen-address", "graphite-port"),
            networks(arguments, "graphite-allowed-hosts"),
            GraphiteSettings.Limits.DEFAULT));
  }

  static Optional<URI> publicUrl(String text) throws IOException {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      var uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      boolean isPlain = // A path is null where only a name and a port are given.
          "".equals(uri.getRawPath())
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null
              && uri.getRawUserInfo() == null;
      if ("https".equals(uri.getScheme()) && uri.getHost() != null && isPlain) {
        return Optional.of(uri);
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw new IOException("--public-url: '" + text + "' is no https://NAME[:PORT]");
  }

  private static String store(Arguments arguments) throws IOException {
    var url = arguments.text("store");
    if (!arguments.has("store-password-file")) {
      return url;
    }
    if (url.isEmpty()) {
      throw new IOException("--store-password-file: there is no --store that takes a password");
    }
    var file = arguments.path("store-password-file");
    try (var lines = Files.lines(file)) {
      var password = lines.findFirst().orElse("");
      return url
          + (url.contains("?") ? "&" : "?")
          + "password="
          + URLEncoder.encode(password, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IOException("--store-password-file: cannot read " + file, e);
    }
  }

  private static Level level(String word) {
    return switch (word) {
      case "debug" -> Level.DEBUG;
      case "warn" -> Level.WARNING;
      default -> Level.INFO;
    };
  }
}
