package io.happo.hub.export;

import io.happo.hub.settings.Secrets;
import io.happo.hub.settings.Trust;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Takes values by POST, one request at a time. Redirects are not followed: what is secret goes
 * nowhere else.
 */
final class HttpReceiver implements Receiver {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** Bytes of an answer that are read. */
  private static final int MAX_ANSWER = 16 << 10;

  /** Characters. */
  private static final int MAX_TOLD = 300;

  private final HttpClient client;
  private final URI url;
  private final Credentials credentials;
  private final Encoding encoding;
  private final OutputLimits limits;
  private final InstantSource clock;

  /**
   * @param settings as {@link OutputKind} has them
   */
  HttpReceiver(
      Map<String, String> settings, Encoding encoding, OutputLimits limits, InstantSource clock)
      throws IOException {
    this.url = URI.create(settings.getOrDefault("url", ""));
    this.credentials = Credentials.of(settings);
    this.encoding = encoding;
    this.limits = limits;
    this.clock = clock;
    var builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .executor(Executors.newVirtualThreadPerTaskExecutor());
    var ca = settings.getOrDefault("ca", "");
    if (!ca.isEmpty()) {
      try {
        builder.sslContext(Trust.of(Path.of(ca)));
      } catch (IOException | GeneralSecurityException e) {
        throw new IOException("the certificates in " + ca + " cannot be read: " + e, e);
      }
    }
    this.client = builder.build();
  }

  @Override
  public Taken send(List<Point> points) throws NotTakenException, InterruptedException {
    var body = encoding.body(points);
    if (body.bytes().length > limits.bytes() && points.size() > 1) {
      throw NotTakenException.inParts("more than " + limits.bytes() + " bytes");
    }
    var request = HttpRequest.newBuilder(url).timeout(limits.timeout());
    encoding.headers().forEach(request::header);
    request.header("User-Agent", "Happo");
    credentials.addTo(request);
    request.POST(HttpRequest.BodyPublishers.ofByteArray(body.compressed()));
    return judge(exchange(request.build()));
  }

  private record Answer(int status, Optional<String> retryAfter, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** The deadline is that of the whole answer: its body may come as slowly as it likes. */
  private Answer exchange(HttpRequest request) throws NotTakenException, InterruptedException {
    var beginning = new ByteArrayOutputStream();
    var answering =
        client.sendAsync(
            request,
            HttpResponse.BodyHandlers.ofByteArrayConsumer(
                part ->
                    part.ifPresent(
                        bytes ->
                            beginning.write(
                                bytes, 0, Math.min(bytes.length, MAX_ANSWER - beginning.size())))));
    try {
      var answer = answering.get(limits.timeout().toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(
          answer.statusCode(), answer.headers().firstValue("Retry-After"), beginning.toByteArray());
    } catch (ExecutionException e) {
      throw later(url.getHost() + " does not answer: " + reason(e));
    } catch (TimeoutException e) {
      throw later(url.getHost() + " does not answer within " + limits.timeout().toSeconds() + " s");
    } finally {
      answering.cancel(true);
    }
  }

  private static String reason(ExecutionException e) {
    Throwable why = e.getCause() == null ? e : e.getCause();
    return why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage();
  }

  private static NotTakenException later(String message) {
    return NotTakenException.later(message, Duration.ZERO);
  }

  private Taken judge(Answer answer) throws NotTakenException {
    int status = answer.status();
    if (status >= 200 && status <= 299) {
      return encoding.taken(answer.body());
    }
    var said = (url.getHost() + " answered " + status + " " + told(answer.text())).strip();
    if (encoding.isAboutContent(status, answer.text())) {
      throw NotTakenException.inParts(said);
    }
    throw NotTakenException.later(
        said + advice(status), answer.retryAfter().map(this::wait).orElse(Duration.ZERO));
  }

  /** What is secret is hidden first: of what is cut within a secret the rest could be read. */
  private String told(String text) {
    var line = Secrets.hide(text, credentials.hidden()).strip().replaceAll("\\s+", " ");
    return line.length() > MAX_TOLD ? line.substring(0, MAX_TOLD) + "…" : line;
  }

  private static String advice(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> "; it is somewhere else: set its new url";
      case 401, 403 -> "; set a token, or user and password, that it takes";
      case 404, 405 -> "; look whether the url is right and takes values there";
      default -> "";
    };
  }

  /** Seconds, or a date (RFC 9110). */
  private Duration wait(String retryAfter) {
    Duration asked;
    try {
      asked =
          retryAfter.strip().matches("[0-9]{1,9}")
              ? Duration.ofSeconds(Long.parseLong(retryAfter.strip()))
              : Duration.between(
                  clock.instant(),
                  DateTimeFormatter.RFC_1123_DATE_TIME.parse(retryAfter, Instant::from));
    } catch (DateTimeException e) {
      return Duration.ZERO;
    }
    return asked.compareTo(limits.longestAsked()) > 0 ? limits.longestAsked() : asked;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
