package io.happo.agent.api;

import io.happo.core.JsonWriter;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often each URL was answered with which status in the last 60 and 300 seconds, for {@code
 * /status/request}. Any thread. At most 100 different URLs, by their first 200 characters, are told
 * apart in one second; more are counted as {@code (other)}.
 */
final class RequestCounts {
  private static final int MAX_URLS_A_SECOND = 100;
  private static final int MAX_URL_CHARACTERS = 200;
  private static final int LONG_WINDOW_SECONDS = 300;
  private static final int SHORT_WINDOW_SECONDS = 60;

  private final InstantSource clock;
  private final ArrayDeque<Second> seconds = new ArrayDeque<>();

  private record Key(String url, int status) {}

  private record Second(long time, Map<Key, Integer> counts) {}

  RequestCounts(InstantSource clock) {
    this.clock = clock;
  }

  synchronized void count(String url, int status) {
    long now = clock.instant().getEpochSecond();
    forget(now);
    var last = seconds.peekLast();
    if (last == null || last.time() != now) {
      last = new Second(now, new LinkedHashMap<>());
      seconds.addLast(last);
    }
    var key = new Key(url.substring(0, Math.min(url.length(), MAX_URL_CHARACTERS)), status);
    boolean known = last.counts().containsKey(key) || last.counts().size() < MAX_URLS_A_SECOND;
    last.counts().merge(known ? key : new Key("(other)", status), 1, Integer::sum);
  }

  /** Writes {@code last1} and {@code last5}; null for a window without requests. */
  synchronized void write(JsonWriter json) {
    long now = clock.instant().getEpochSecond();
    forget(now);
    json.beginObject();
    write(json.key("last1"), now - SHORT_WINDOW_SECONDS);
    write(json.key("last5"), now - LONG_WINDOW_SECONDS);
    json.endObject();
  }

  private void write(JsonWriter json, long after) {
    var urls = new LinkedHashMap<String, TreeMap<String, Integer>>();
    for (var second : seconds) {
      if (second.time() > after) {
        second
            .counts()
            .forEach(
                (key, count) ->
                    urls.computeIfAbsent(key.url(), url -> new TreeMap<>())
                        .merge(Integer.toString(key.status()), count, Integer::sum));
      }
    }
    if (urls.isEmpty()) {
      json.nullValue();
      return;
    }
    json.beginArray();
    urls.forEach(
        (url, counts) -> {
          json.beginObject().member("url", url).key("counts").beginObject();
          counts.forEach((status, count) -> json.member(status, count));
          json.endObject().endObject();
        });
    json.endArray();
  }

  private void forget(long now) {
    while (!seconds.isEmpty() && seconds.peekFirst().time() <= now - LONG_WINDOW_SECONDS) {
      seconds.removeFirst();
    }
  }
}
