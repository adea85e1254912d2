package io.happo.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.hub.api.Caller;
import io.happo.hub.store.Users.Role;
import io.happo.net.Headers;
import io.happo.net.Request;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which time the graphs of a page show, and where its links lead; it is noon of the second of May.
 */
class TimeRangeTest {
  private static final long NOON = Instant.parse("2026-05-02T12:00:00Z").toEpochMilli();

  private static TimeRange at(String query) {
    var words = new HashMap<String, String>();
    for (var part : query.split("&", -1)) {
      words.put(part.replaceFirst("=.*", ""), part.replaceFirst("[^=]*=?", ""));
    }
    var request =
        new Request(
            "GET", "/", "/", "", Headers.of(), new byte[0], new InetSocketAddress("192.0.2.1", 1));
    return TimeRange.of(
        new Visit(request, new Caller("vera", Role.VIEWER), Map.copyOf(words), NOON), "/p");
  }

  private static String link(TimeRange range, String title) {
    return range.moves().stream()
        .filter(link -> link.title().equals(title))
        .findFirst()
        .orElseThrow()
        .href()
        .replace("/p?", "")
        .replace("2026-05-", "");
  }

  @ParameterizedTest
  @CsvSource({
    "'',                                                    24h, 24",
    "span=7d,                                               7d,  168",
    "span=7w,                                               24h, 24",
    "from=2026-05-01T10:00:00Z&to=2026-05-01T11:00:00Z,     '',  1",
    "from=2026-05-01T10:00:00.5Z&to=2026-05-01T11:00:00.9Z, '',  1",
    "from=2026-05-01T10:00:00Z&to=2026-05-01T10:00:59Z,     24h, 24",
    "from=2026-05-01T10:00:00Z,                             24h, 24",
    "from=2020-05-01T10:00:00Z&to=2026-05-01T10:00:59Z,     24h, 24",
    "from=yesterday&to=today&span=3h,                       3h,  3"
  })
  void an_address_says_the_time_and_what_is_none_counts_as_missing(
      String query, String span, int hours) {
    var range = at(query);
    assertThat(range.span()).isEqualTo(span);
    assertThat(range.to() - range.from()).isEqualTo(hours * 3_600_000L);
    assertThat(range.isFixed()).isEqualTo(span.isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "span=24h, Earlier,  from=01T00:00:00Z&to=02T00:00:00Z",
    "span=24h, Later,    ''",
    "span=24h, Zoom in,  from=01T18:00:00Z&to=02T06:00:00Z",
    "span=24h, Zoom out, from=04-30T12:00:00Z&to=02T12:00:00Z",
    "from=2026-05-01T00:00:00Z&to=2026-05-01T08:00:00Z, Earlier,  from=04-30T20:00:00Z&to=01T04:00:00Z",
    "from=2026-05-01T00:00:00Z&to=2026-05-01T08:00:00Z, Later,    from=01T04:00:00Z&to=01T12:00:00Z",
    "from=2026-05-01T00:00:00Z&to=2026-05-01T08:00:00Z, Zoom out, from=04-30T20:00:00Z&to=01T12:00:00Z",
    "from=2026-05-01T18:00:00Z&to=2026-05-02T06:00:00Z, Zoom out, span=24h",
    "from=2026-05-01T11:00:00Z&to=2026-05-02T11:00:00Z, Later,    span=24h",
    "from=2026-05-01T11:00:00Z&to=2026-05-01T11:01:30Z, Zoom in,  ''"
  })
  void one_goes_to_and_fro_in_and_out_and_not_beyond_now(String query, String title, String href) {
    assertThat(link(at(query), title).replace("2026-", "")).isEqualTo(href);
  }

  @ParameterizedTest
  @ValueSource(strings = {"span=7d", "from=2026-05-01T00:00:00Z&to=2026-05-01T08:00:00Z"})
  void what_it_is_compared_with_stays_and_is_given_up_by_its_own_link(String query) {
    var range = at(query + "&compare=week");
    assertThat(range.href()).isEqualTo("/p?" + query + "&compare=week");
    assertThat(range.spans()).allMatch(link -> link.href().endsWith("&compare=week"));
    assertThat(range.compares())
        .extracting(TimeRange.Link::href)
        .containsExactly("/p?" + query + "&compare=day", "/p?" + query);
    assertThat(at(query + "&compare=year").compare()).isEmpty();
  }

  @Test
  void the_span_that_is_shown_is_marked() {
    assertThat(at("span=31d").spans().stream().filter(TimeRange.Link::here))
        .extracting(TimeRange.Link::title)
        .containsExactly("31d");
  }
}
