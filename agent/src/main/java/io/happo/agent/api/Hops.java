package io.happo.agent.api;

import io.happo.net.Headers;
import io.happo.net.HttpsClient;
import io.happo.net.Response;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;

/** Asks the next agent of a chain. Whatever goes wrong is an answer, too. Any thread; blocks. */
final class Hops {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.api");
  private static final int UNKNOWN = 3;
  private static final Headers JSON = Headers.of("Content-Type", "application/json");

  private final HttpsClient client;
  private final Duration timeout;

  Hops(HttpsClient client, Duration timeout) {
    this.client = client;
    this.timeout = timeout;
  }

  /**
   * Posts to an agent and passes its answer on.
   *
   * @param name of the agent, as it was asked for
   */
  Response post(String name, URI uri, byte[] body) {
    try {
      LOG.log(Level.INFO, "Proxy to: {0}", uri);
      var answer = client.send("POST", uri, JSON, body, timeout);
      if (answer.status() >= 300 && answer.status() < 400) {
        return failed(
            502,
            name,
            name + " answered with a redirect (" + answer.status() + "), which is not followed");
      }
      if (answer.status() == 403) {
        failed(name, "it answered 403; see --allowed-hosts and --api-key-file there, and its log");
      }
      var type = answer.headers().first("Content-Type");
      return new Response(
          answer.status(),
          type.map(label -> Headers.of("Content-Type", label)).orElse(Headers.NONE),
          answer.body());
    } catch (SocketTimeoutException e) {
      return failed(504, name, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return failed(500, name, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Whether an agent is there.
   *
   * @throws IOException that says why not
   */
  void greet(URI uri) throws IOException {
    int status = client.send("GET", uri, Headers.NONE, new byte[0], timeout).status();
    if (status != 200) {
      throw new IOException(uri + " answered " + status);
    }
  }

  /** The answer for a hop that could not be asked; logged. */
  static Response failed(int status, String hop, String reason) {
    failed(hop, reason);
    return Answers.result(status, UNKNOWN, reason);
  }

  private static void failed(String hop, String reason) {
    LOG.log(Level.WARNING, "proxy hop {0} failed: {1}", hop, reason);
  }
}
