package io.happo.hub.classic;

import io.happo.core.JsonWriter;
import io.happo.net.Headers;
import io.happo.net.HttpsClient;
import io.happo.net.Response;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Asks agents, directly or by bastions. Whoever is asked first, an agent or a bastion, gets {@link
 * #AT_ONE} requests at once at the most, and all together {@link #AT_ALL}; those that are away have
 * few places of their own, so that nobody waits for them. Any thread; blocks.
 */
final class ClassicClient {
  static final int AT_ONE = 16;
  static final int AT_ALL = 512;
  private static final int AT_AWAY = 64;
  private static final int AT_ONE_AWAY = 2;

  /** How long a request waits until others have had their answers. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Headers JSON = Headers.of("Content-Type", "application/json");

  private final HttpsClient client;
  private final Semaphore all = new Semaphore(AT_ALL, true);
  private final Semaphore away = new Semaphore(AT_AWAY, true);
  private final Map<String, Semaphore> each = new ConcurrentHashMap<>();
  private final Map<String, Semaphore> eachAway = new ConcurrentHashMap<>();

  ClassicClient(HttpsClient client) {
    this.client = client;
  }

  /**
   * Asks an agent.
   *
   * @param type of request, as {@code monitor}
   * @param deadline from when there is a place for it
   * @param isAway whether it has not answered for some time
   * @throws NoPlaceException when there was none
   * @throws IOException when the first of the way could not be asked; one line says why
   */
  Response ask(Way way, String type, JsonWriter body, Duration deadline, boolean isAway)
      throws IOException {
    var places =
        isAway
            ? eachAway.computeIfAbsent(way.first(), _ -> new Semaphore(AT_ONE_AWAY))
            : each.computeIfAbsent(way.first(), _ -> new Semaphore(AT_ONE, true));
    var together = isAway ? away : all;
    long patience = isAway ? 0 : PATIENCE.toNanos();
    try {
      if (!places.tryAcquire(patience, TimeUnit.NANOSECONDS)) {
        throw new NoPlaceException(way.first() + " has as many requests to answer as it may");
      }
      try {
        if (!together.tryAcquire(patience, TimeUnit.NANOSECONDS)) {
          throw new NoPlaceException("this hub waits for as many answers as it may");
        }
        try {
          return send(way, type, body, deadline);
        } finally {
          together.release();
        }
      } finally {
        places.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NoPlaceException("interrupted");
    }
  }

  private Response send(Way way, String type, JsonWriter body, Duration deadline)
      throws IOException {
    boolean direct = way.chain().size() == 1;
    var uri = URI.create("https://" + way.first() + "/" + (direct ? type : "proxy"));
    return client.send(
        "POST", uri, JSON, direct ? body.toBytes() : proxied(way, type, body), deadline);
  }

  private static byte[] proxied(Way way, String type, JsonWriter body) {
    var json = new JsonWriter().beginObject().key("proxy_hostport").beginArray();
    way.chain().subList(1, way.chain().size()).forEach(json::value);
    return json.endArray()
        .member("request_type", type)
        .member("request_json", Base64.getEncoder().encodeToString(body.toBytes()))
        .endObject()
        .toBytes();
  }
}
