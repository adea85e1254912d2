package io.happo.dist;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Runs the packaged programs on real work, so that the JVM can keep the classes they used, loaded
 * and linked, in one cache for each program (JEP 483, JEP 514). The programs run with the flags and
 * the class path of their launchers; other ones would make the cache void. Everything happens on
 * 127.0.0.1 and in one folder.
 *
 * <p>A request that fails, a program that does not start or end, or a cache that is not there fails
 * the build.
 */
final class Training {
  private static final Duration START_DEADLINE = Duration.ofMinutes(1);

  /** From the request to end until the cache is written, which takes some seconds of one core. */
  private static final Duration END_DEADLINE = Duration.ofMinutes(3);

  private static final int REQUEST_DEADLINE_MILLIS = 20_000;
  private static final String PLUGINS = "plugins";

  private final Path home;
  private final Path folder;
  private final TrainingHub hub;

  /**
   * @param home the distribution, complete but for the caches
   * @param hub that of the hub, complete
   * @param folder to work in; emptied first
   */
  Training(Path home, Path hub, Path folder) {
    this.home = home;
    this.folder = folder;
    this.hub = new TrainingHub(hub, folder.resolve("hub"));
  }

  void run() throws IOException, InterruptedException {
    Assemble.delete(folder);
    Path plugins = Files.createDirectories(folder.resolve(PLUGINS));
    plugin(plugins, "check_ok", "echo \"OK - trained|time=1s $*\"");
    plugin(plugins, "check_bad", "echo bad >&2; exit 2");
    plugin(plugins, "metrics", "printf 'load.one\\t0.5\\t%s\\n' \"$(date +%s)\"");
    Files.writeString(
        folder.resolve("metrics.yaml"),
        """
        metrics:
        - hostname: training
          plugins:
          - plugin_name: metrics
            plugin_option: ""
        """);
    int port = freePort();
    makeKeys(port);
    hub.start(freePort());
    join();
    Process agent = start(Program.AGENT, daemonArguments(port));
    try {
      awaitListening(agent, port);
      requests(port);
      hub.awaitResults();
      hub.runNow();
      Process check = start(Program.CHECK, checkArguments(port));
      end(Program.CHECK, check);
      agent.destroy();
      end(Program.AGENT, agent);
    } finally {
      agent.destroyForcibly();
      hub.close();
    }
  }

  private void join() throws IOException, InterruptedException {
    Process join = begin(Program.AGENT, "-XX:AOTMode=off", List.of("join", hub.url(), hub.token()));
    if (join.waitFor() != 0) {
      throw new IOException(
          "the agent cannot join; it said:\n" + Files.readString(output(Program.AGENT)));
    }
  }

  /**
   * Lets a first start happen before the one that is learnt from: what makes a key pair would be
   * kept in memory by all later starts, which need none of it.
   */
  private void makeKeys(int port) throws IOException, InterruptedException {
    Process agent = begin(Program.AGENT, "-XX:AOTMode=off", daemonArguments(port));
    try {
      awaitListening(agent, port);
    } finally {
      agent.destroy();
      agent.waitFor();
    }
  }

  /**
   * The plugins are named by a path relative to {@link #folder}, where the agent is started: its
   * path becomes a part of a command line, where a blank would do harm.
   */
  private static List<String> daemonArguments(int port) {
    return List.of(
        "daemon",
        "--port",
        Integer.toString(port),
        "--nagios-plugin-paths",
        PLUGINS,
        "--sensu-plugin-paths",
        PLUGINS);
  }

  private static List<String> checkArguments(int port) {
    String proxy = "127.0.0.1:" + port;
    return List.of(
        "monitor",
        "-H",
        "127.0.0.1",
        "-P",
        Integer.toString(port),
        "-X",
        proxy,
        "-p",
        "check_ok",
        "-o",
        "-w 1 -c 2",
        "-t",
        "20",
        "--ca",
        "happo-agent.pub");
  }

  /**
   * What users ask of the agent all day, each at least once; several times where the first time
   * takes another path. Not what writes a configuration: every start would pay for it.
   */
  private static void requests(int port) throws IOException {
    String monitor =
        "{\"apikey\":\"\",\"plugin_name\":\"check_ok\",\"plugin_option\":\"-w 1 -c 2\"}";
    String metrics =
        "{\"apikey\":\"\",\"metric_data\":[{\"hostname\":\"training\",\"timestamp\":1700000000,"
            + "\"metrics\":{\"load.one\":0.5,\"load.five\":2}}]}";
    for (int i = 0; i < 3; i++) {
      request(port, "GET", "/", "");
      request(port, "POST", "/monitor", monitor);
      request(port, "POST", "/monitor", monitor.replace("check_ok", "check_bad"));
      request(port, "POST", "/proxy", proxied(port, "monitor", monitor));
      request(port, "POST", "/metric/append", metrics);
      request(port, "POST", "/metric", "{\"apikey\":\"\"}");
    }
    request(
        port,
        "POST",
        "/inventory",
        "{\"apikey\":\"\",\"command\":\"echo\",\"command_option\":\"trained\"}");
    request(port, "GET", "/status", "");
    request(port, "GET", "/status/memory", "");
  }

  private static String proxied(int port, String type, String request) {
    return "{\"apikey\":\"\",\"proxy_hostport\":[\"127.0.0.1:%d\"],\"request_type\":\"%s\",\"request_json\":\"%s\"}"
        .formatted(
            port,
            type,
            Base64.getEncoder().encodeToString(request.getBytes(StandardCharsets.UTF_8)));
  }

  private static void request(int port, String method, String path, String body)
      throws IOException {
    URI uri = URI.create("https://127.0.0.1:" + port + path);
    HttpsURLConnection connection = (HttpsURLConnection) uri.toURL().openConnection();
    connection.setSSLSocketFactory(believeAnything().getSocketFactory());
    connection.setHostnameVerifier((name, session) -> true);
    connection.setConnectTimeout(REQUEST_DEADLINE_MILLIS);
    connection.setReadTimeout(REQUEST_DEADLINE_MILLIS);
    connection.setRequestMethod(method);
    if (method.equals("POST")) {
      connection.setDoOutput(true);
      connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
    }
    // Throws for an answer of 400 and above, and names it and the address.
    connection.getInputStream().readAllBytes();
  }

  /** The agent made its key a moment ago, and no secret passes. */
  private static SSLContext believeAnything() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Believer()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("this JDK has no TLS: " + e.getMessage(), e);
    }
  }

  private static final class Believer implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private Process start(Program program, List<String> arguments) throws IOException {
    String cache = "\"-XX:AOTCacheOutput=$home/lib/" + program.cacheFile() + "\"";
    return begin(program, cache, arguments);
  }

  /** Starts a program by its launcher, with another word than the one for its cache. */
  private Process begin(Program program, String cache, List<String> arguments) throws IOException {
    Path bin = home.resolve("bin");
    Path launcher = folder.resolve("happo").resolve("bin").resolve(program.name());
    Files.createDirectories(launcher.getParent());
    for (String part : List.of("lib", "runtime")) {
      Path link = folder.resolve("happo").resolve(part);
      if (!Files.exists(link)) {
        Files.createSymbolicLink(link, home.resolve(part));
      }
    }
    Files.writeString(
        launcher,
        Files.readString(bin.resolve(program.name()))
            .replace("\"-XX:AOTCache=$home/lib/" + program.cacheFile() + "\"", cache));
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("HAPPO_"));
    return builder.redirectErrorStream(true).redirectOutput(output(program).toFile()).start();
  }

  private void end(Program program, Process process) throws IOException, InterruptedException {
    Path cache = home.resolve("lib").resolve(program.cacheFile());
    boolean ended = process.waitFor(END_DEADLINE.toSeconds(), TimeUnit.SECONDS);
    if (!ended || process.exitValue() != 0 || !Files.exists(cache)) {
      process.destroyForcibly();
      throw new IOException(
          "training of "
              + program.name()
              + (ended
                  ? " ended with " + process.exitValue() + " or left no " + cache
                  : " did not end in " + END_DEADLINE)
              + "; it said:\n"
              + Files.readString(output(program)));
    }
    System.out.printf("[dist] %s, %.1f MB%n", cache.getFileName(), Files.size(cache) / 1e6);
  }

  private Path output(Program program) {
    return folder.resolve(program.name() + ".out");
  }

  private void awaitListening(Process agent, int port) throws IOException, InterruptedException {
    long end = System.nanoTime() + START_DEADLINE.toNanos();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException e) {
        if (!agent.isAlive() || System.nanoTime() > end) {
          throw new IOException(
              "the agent does not listen on port "
                  + port
                  + "; it said:\n"
                  + Files.readString(output(Program.AGENT)),
              e);
        }
        Thread.sleep(50);
      }
    }
  }

  private static void plugin(Path folder, String name, String body) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
