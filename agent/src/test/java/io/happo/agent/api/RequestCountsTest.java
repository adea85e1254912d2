package io.happo.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.JsonWriter;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RequestCountsTest {
  private Instant now = Instant.ofEpochSecond(1_000_000);
  private final RequestCounts counts = new RequestCounts(() -> now);

  @Test
  void a_window_without_requests_is_null() {
    assertThat(written()).isEqualTo("{\"last1\":null,\"last5\":null}");
  }

  @Test
  void requests_count_for_a_minute_in_one_window_and_for_five_in_the_other() {
    counts.count("/monitor", 200);
    counts.count("/monitor", 200);
    counts.count("/monitor", 404);
    now = now.plusSeconds(59);
    counts.count("/", 200);
    assertThat(written())
        .startsWith(
            "{\"last1\":[{\"url\":\"/monitor\",\"counts\":{\"200\":2,\"404\":1}},{\"url\":\"/\",\"counts\":{\"200\":1}}],");
    now = now.plusSeconds(1);
    assertThat(written())
        .isEqualTo(
            "{\"last1\":[{\"url\":\"/\",\"counts\":{\"200\":1}}],\"last5\":[{\"url\":\"/monitor\","
                + "\"counts\":{\"200\":2,\"404\":1}},{\"url\":\"/\",\"counts\":{\"200\":1}}]}");
    now = now.plusSeconds(300);
    assertThat(written()).isEqualTo("{\"last1\":null,\"last5\":null}");
  }

  @Test
  void a_flood_of_different_urls_is_counted_together() {
    for (int i = 0; i < 5_000; i++) {
      counts.count("/" + i, 404);
    }
    assertThat(written()).contains("{\"url\":\"(other)\",\"counts\":{\"404\":4900}}");
  }

  @Test
  void each_second_tells_a_hundred_urls_apart_and_those_it_knows_are_counted_on() {
    for (int i = 0; i < 100; i++) {
      counts.count("/" + i, 200);
    }
    counts.count("/100", 200);
    counts.count("/99", 200);
    assertThat(written())
        .contains("{\"url\":\"/99\",\"counts\":{\"200\":2}}")
        .contains("{\"url\":\"(other)\",\"counts\":{\"200\":1}}")
        .doesNotContain("\"/100\"");
    now = now.plusSeconds(1);
    counts.count("/100", 200);
    assertThat(written())
        .contains("{\"url\":\"/100\",\"counts\":{\"200\":1}}")
        .contains("{\"url\":\"(other)\",\"counts\":{\"200\":1}}");
  }

  @Test
  void urls_are_told_apart_by_their_first_200_characters() {
    var shared = "/" + "u".repeat(198);
    counts.count(shared + "a", 200);
    counts.count(shared + "ab", 200);
    counts.count(shared + "b".repeat(10_000), 200);
    assertThat(written())
        .startsWith(
            "{\"last1\":[{\"url\":\""
                + shared
                + "a\",\"counts\":{\"200\":2}},{\"url\":\""
                + shared
                + "b\",\"counts\":{\"200\":1}}],");
  }

  private String written() {
    var json = new JsonWriter();
    counts.write(json);
    return json.toString();
  }
}
