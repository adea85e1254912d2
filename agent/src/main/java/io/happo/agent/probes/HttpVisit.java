package io.happo.agent.probes;

import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Fixed;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Status;
import io.happo.net.ClientSocket;
import io.happo.net.Identity;
import io.happo.program.cli.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** One request to a web server, over a connection of its own, and what came of it. */
final class HttpVisit implements AutoCloseable {
  private final HttpWanted wanted;
  private final HttpTarget target;
  private final HttpPage page;
  private @Nullable Finding certificate;
  private long connectNanos;
  private long tlsNanos;
  private long sendNanos;
  private long firstByteNanos;
  private long transferNanos;

  /**
   * Asks.
   *
   * @throws CheckException when the server cannot be reached or does not answer
   */
  HttpVisit(HttpWanted wanted, HttpTarget target, Machine machine)
      throws CheckException, InterruptedException {
    this.wanted = wanted;
    this.target = target;
    page = new HttpPage(wanted.given().has("no-body") || wanted.method().equals("HEAD"));
    boolean isDone = false;
    long begin = System.nanoTime();
    try (var socket = connect(machine)) {
      connectNanos = System.nanoTime() - begin;
      try {
        if (target.isTls()) {
          secure(socket, machine);
        }
        if (certificate == null || wanted.given().has("continue-after-certificate")) {
          ask(socket);
        }
        isDone = true;
      } catch (IOException e) {
        Reach.endIfOver(e);
        throw new CheckException(
            Status.CRITICAL, "HTTP CRITICAL - Error on receive\n" + Reach.words(e));
      }
    } finally {
      if (!isDone) {
        page.close();
      }
    }
  }

  private ClientSocket connect(Machine machine) throws CheckException, InterruptedException {
    try {
      return Reach.connect(target.address(), target.port(), Reach.family(wanted.given()), machine);
    } catch (IOException e) {
      throw new CheckException(
          Status.CRITICAL, Reach.words(e) + "\nHTTP CRITICAL - Unable to open TCP socket");
    }
  }

  private void secure(ClientSocket socket, Machine machine)
      throws IOException, CheckException, InterruptedException {
    long begin = System.nanoTime();
    if (wanted.isByProxy()) {
      tunnel(socket);
    }
    var identity = identity();
    try {
      socket.startTls(target.name(), wanted.versions(), identity);
    } catch (IOException e) {
      Reach.endIfOver(e);
      throw new CheckException(
          Status.CRITICAL, "CRITICAL - Cannot make SSL connection.\n" + Reach.words(e));
    }
    tlsNanos = System.nanoTime() - begin;
    var expiry = wanted.expiry();
    if (expiry.isPresent()) {
      certificate = Reach.certificate(socket, expiry.get(), machine);
    }
  }

  private Optional<Identity> identity() throws CheckException {
    var file = wanted.clientCertificate();
    var key = wanted.clientKey();
    if (file.isEmpty() || key.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Identity.read(file.get(), key.get()));
    } catch (IOException e) {
      boolean isMismatch = e.getCause() instanceof SSLException;
      throw new CheckException(
          isMismatch ? Status.CRITICAL : Status.UNKNOWN,
          isMismatch
              ? "CRITICAL - Private key does not seem to match certificate!"
              : "UNKNOWN - " + Reach.words(e));
    }
  }

  /** Has a proxy lead to the server (RFC 9110, 9.3.6). */
  private void tunnel(ClientSocket socket)
      throws IOException, CheckException, InterruptedException {
    var text = new StringBuilder("CONNECT ");
    text.append(HttpTarget.bracketed(target.name())).append(":").append(HttpTarget.HTTPS);
    text.append(" HTTP/1.1\r\nUser-Agent: ").append(agent()).append("\r\n");
    if (wanted.given().has("proxy-authorization")) {
      text.append("Proxy-Authorization: Basic ")
          .append(wanted.basic("proxy-authorization"))
          .append("\r\n");
    }
    text.append("Proxy-Connection: keep-alive\r\nHost: ").append(target.name()).append("\r\n\r\n");
    send(socket, text.toString());
    try (var answer = new HttpPage(true)) {
      answer.read(socket.input());
      if (answer.code() < 200 || answer.code() > 299) {
        throw new CheckException(
            Status.CRITICAL,
            "HTTP CRITICAL - The proxy does not lead to "
                + OneLine.of(target.name())
                + ": "
                + OneLine.of(answer.statusLine()));
      }
    }
  }

  private void ask(ClientSocket socket) throws IOException, CheckException, InterruptedException {
    long begin = System.nanoTime();
    send(socket, request());
    sendNanos = System.nanoTime() - begin;
    page.read(socket.input());
    long end = System.nanoTime();
    transferNanos = end - begin;
    if (page.size() == 0) {
      throw new CheckException(Status.CRITICAL, "HTTP CRITICAL - No data received from host");
    }
    firstByteNanos = page.firstByteNanos() - begin;
  }

  private static void send(ClientSocket socket, String text) throws IOException {
    socket.output().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private String agent() {
    return wanted
        .given()
        .find("useragent")
        .orElse("check_http/v" + Version.number() + " (happo-agent)");
  }

  private String request() {
    var given = wanted.given();
    var text = new StringBuilder();
    boolean isByProxy = wanted.isByProxy();
    text.append(isByProxy ? wanted.inner() : wanted.method()).append(' ');
    text.append(target.path()).append(target.host() == null ? " HTTP/1.0" : " HTTP/1.1");
    text.append("\r\nUser-Agent: ").append(agent()).append("\r\nConnection: close\r\n");
    // What was given for one server is not told to another that it redirects to, nor to whoever
    // listens when it redirects from TLS to plain text.
    boolean isSame =
        target.name().equalsIgnoreCase(wanted.target().name())
            && (target.isTls() || !wanted.target().isTls());
    boolean isSameProxy = target.address().equals(wanted.target().address());
    var fields = new StringBuilder();
    boolean hasHost = false;
    for (var field : given.all("header")) {
      if (isSame || !isOfOneServer(field)) {
        hasHost |= starts(field, "Host:");
        fields.append(field).append("\r\n");
      }
    }
    if (target.host() != null && !hasHost) {
      text.append("Host: ").append(isByProxy ? target.name() : target.hostField()).append("\r\n");
    }
    text.append(fields);
    if (isSame && given.has("authorization")) {
      text.append("Authorization: Basic ").append(wanted.basic("authorization")).append("\r\n");
    }
    if (isSameProxy && given.has("proxy-authorization") && !isByProxy) {
      text.append("Proxy-Authorization: Basic ")
          .append(wanted.basic("proxy-authorization"))
          .append("\r\n");
    }
    var data = given.find("post");
    if (data.isEmpty()) {
      return text.append("\r\n").toString();
    }
    text.append("Content-Type: ").append(given.text("content-type"));
    text.append("\r\nContent-Length: ");
    text.append(data.get().getBytes(StandardCharsets.UTF_8).length);
    return text.append("\r\n\r\n").append(data.get()).toString();
  }

  private static boolean isOfOneServer(String field) {
    return starts(field, "Host:")
        || starts(field, "Authorization:")
        || starts(field, "Proxy-Authorization:")
        || starts(field, "Cookie:");
  }

  private static boolean starts(String field, String name) {
    return field.regionMatches(true, 0, name, 0, name.length());
  }

  @Override
  public void close() {
    page.close();
  }

  HttpWanted wanted() {
    return wanted;
  }

  HttpTarget target() {
    return target;
  }

  HttpPage page() {
    return page;
  }

  /** What is to be said of the certificate; null when it was not asked for. */
  @Nullable Finding certificate() {
    return certificate;
  }

  /** How long each step took. */
  void addTimes(PerfdataText perfdata, String most) {
    add(perfdata, "time_connect", connectNanos, most);
    if (target.isTls()) {
      add(perfdata, "time_ssl", tlsNanos, most);
    }
    add(perfdata, "time_headers", sendNanos, most);
    add(perfdata, "time_firstbyte", firstByteNanos, most);
    add(perfdata, "time_transfer", transferNanos, most);
  }

  private static void add(PerfdataText perfdata, String label, long nanos, String most) {
    perfdata.raw(label, Fixed.of(nanos / 1e9) + "s;;;;" + most);
  }
}
