package io.happo.hub.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.happo.hub.store.FullDisk;
import io.happo.hub.store.SampleLog;
import io.happo.hub.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final AtomicBoolean positionIsLost = new AtomicBoolean();
  private final AtomicBoolean logIsAway = new AtomicBoolean();
  private Measuring measuring;
  private FakeReceiver receiver;
  private long load;

  @BeforeEach
  void start() throws Exception {
    receiver = new FakeReceiver();
    var source =
        new MemorySource() {
          @Override
          public void setPosition(String reader, long number) {
            if (positionIsLost.compareAndSet(true, false)) {
              throw new StoreException(StoreException.Reason.UNAVAILABLE, "it is away");
            }
            super.setPosition(reader, number);
          }

          @Override
          public List<Entry> after(long number, int most) {
            failWhenAway();
            return super.after(number, most);
          }

          @Override
          public void forget(String reader) {
            failWhenAway();
            super.forget(reader);
          }

          private void failWhenAway() {
            if (logIsAway.get()) {
              throw new StoreException(StoreException.Reason.UNAVAILABLE, "it is away");
            }
          }
        };
    measuring = new Measuring(folder, source);
    load = measuring.series("load", "load1");
  }

  @AfterEach
  void stop() {
    measuring.close();
    receiver.close();
  }

  private void set(Map<String, String> more) {
    var settings = new TreeMap<>(more);
    settings.put("url", receiver.url());
    assertThat(measuring.outputs().set("prom", OutputKind.REMOTE_WRITE, settings, "ada")).isEmpty();
  }

  private List<String> values(long from, long to) {
    var name =
        "happo_perfdata{agent=web-01,agent_id=" + measuring.agent.id() + ",check=load,label=load1}";
    return LongStream.range(from, to)
        .mapToObj(n -> name + " " + (double) n + "@" + n * 1_000)
        .toList();
  }

  private void awaitTaken(List<String> values) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(receiver.taken).isEqualTo(values);
              assertThat(measuring.status().lagEntries()).isZero();
            });
  }

  @Test
  void everything_arrives_once_and_in_order_though_the_receiver_fails_hangs_and_dies()
      throws Exception {
    var over = new CountDownLatch(1);
    receiver.manners.add(FakeReceiver.answering(500, "not now"));
    receiver.manners.add(
        (exchange, values) -> {
          try {
            assertThat(over.await(20, TimeUnit.SECONDS)).isTrue(); // It never answers.
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return false;
        });
    receiver.manners.add((exchange, values) -> false); // Hangs up.
    receiver.manners.add(FakeReceiver.answering(401, "who is that"));
    receiver.manners.add(FakeReceiver.answering(404, "what is that"));
    set(Map.of());
    measuring.add(load, 0, 250);
    awaitTaken(values(0, 250));
    over.countDown();
    assertThat(receiver.requests).allMatch(values -> values.size() <= 100);

    receiver.stop();
    measuring.add(load, 250, 400);
    await().atMost(PATIENCE).until(() -> measuring.status().problem().contains("does not answer"));
    assertThat(measuring.status().lagEntries()).isEqualTo(150);
    measuring.add(load, 400, 500);
    receiver.start();
    awaitTaken(values(0, 500));
    var status = measuring.status();
    assertThat(status.problem()).isEmpty();
    assertThat(status.sent()).isEqualTo(500);
    assertThat(status.refused()).isZero();
    assertThat(status.takenAt()).isPresent();
  }

  @Test
  void a_value_that_the_receiver_refuses_is_dropped_alone() {
    receiver.usual =
        (exchange, values) ->
            values.stream().anyMatch(value -> value.endsWith("@13000") || value.endsWith("@77000"))
                ? FakeReceiver.answering(400, "out of order sample").treat(exchange, values)
                : FakeReceiver.GOOD.treat(exchange, values);
    set(Map.of());
    measuring.add(load, 0, 150);
    var expected = new ArrayList<>(values(0, 150));
    expected.removeIf(value -> value.endsWith("@13000") || value.endsWith("@77000"));
    awaitTaken(expected);
    var status = measuring.status();
    assertThat(status.sent()).isEqualTo(148);
    assertThat(status.refused()).isEqualTo(2);
    assertThat(status.dropped()).contains("web-01 load load1 of 1970-01-01T00:01:17Z");
    assertThat(status.dropped()).contains("400 out of order sample");
    assertThat(status.problem()).isEmpty();
  }

  @Test
  void who_asks_to_be_left_alone_is() {
    var times = Collections.synchronizedList(new ArrayList<Long>());
    receiver.usual =
        (exchange, values) -> {
          times.add(System.nanoTime());
          return FakeReceiver.GOOD.treat(exchange, values);
        };
    receiver.manners.add(
        (exchange, values) -> {
          times.add(System.nanoTime());
          exchange.getResponseHeaders().set("Retry-After", "1");
          return FakeReceiver.answering(429, "slowly").treat(exchange, values);
        });
    set(Map.of());
    measuring.add(load, 0, 1);
    awaitTaken(values(0, 1));
    assertThat(times.get(1) - times.get(0)).isGreaterThan(Duration.ofMillis(900).toNanos());
  }

  @Test
  void what_may_have_been_lost_with_the_position_is_sent_again_as_it_was() throws Exception {
    set(Map.of());
    positionIsLost.set(true);
    measuring.add(load, 0, 1);
    await().atMost(PATIENCE).until(() -> receiver.requests.size() >= 2);
    assertThat(receiver.requests.get(1)).isEqualTo(receiver.requests.get(0));
    measuring.openAgain();
    measuring.add(load, 1, 3);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(receiver.taken.stream().distinct()).isEqualTo(values(0, 3)));
    assertThat(receiver.taken).hasSize(4);
  }

  @Test
  void what_the_log_did_not_keep_is_counted_and_the_rest_goes_on() {
    set(Map.of());
    measuring.add(load, 0, 1);
    awaitTaken(values(0, 1));
    receiver.usual = FakeReceiver.answering(503, "later");
    measuring.add(load, 1, 10);
    await().atMost(PATIENCE).until(() -> measuring.status().problem().contains("503 later"));
    measuring.outputs().remove("prom"); // Ends the try that has them already.
    measuring.source.setPosition("prom", 1);
    measuring.source.throwAway(5);
    receiver.usual = FakeReceiver.GOOD;
    set(Map.of());
    var expected = new ArrayList<>(values(0, 1));
    expected.addAll(values(5, 10));
    awaitTaken(expected);
    assertThat(measuring.status().lostEntries()).isEqualTo(4);
    assertThat(measuring.status().dropped()).contains("4 entries");
  }

  @Test
  void a_new_output_begins_at_the_end_of_the_log_or_at_its_beginning() {
    measuring.add(load, 0, 10);
    measuring.source.throwAway(2);
    set(Map.of("from", "beginning"));
    awaitTaken(values(2, 10));
    assertThat(measuring.status().lostEntries()).isZero();
    measuring.outputs().remove("prom");
    receiver.taken.clear();
    set(Map.of());
    measuring.add(load, 10, 12);
    awaitTaken(values(10, 12));
  }

  @Test
  void only_what_is_chosen_and_what_could_be_told_is_sent() throws Exception {
    long other = measuring.series("disk", "/var");
    long third = measuring.series("disk", "/");
    set(Map.of("metrics", "load*, /v*", "checks", "disk"));
    long now = System.currentTimeMillis();
    measuring.source.add(
        now,
        new SampleSource.Sample(load, 1, 1),
        new SampleSource.Sample(other, 1, Double.NaN),
        new SampleSource.Sample(third, 1, 3),
        new SampleSource.Sample(999_999, 1, 3));
    measuring.source.add(now, new SampleSource.Sample(other, 2, 4));
    await().atMost(PATIENCE).until(() -> measuring.status().lagEntries() == 0);
    assertThat(receiver.taken).singleElement().asString().contains("label=/var").endsWith("4.0@2");
  }

  @Test
  void the_receiver_learns_who_comes_and_people_learn_no_secrets() {
    var seen = Collections.synchronizedList(new ArrayList<String>());
    receiver.usual =
        (exchange, values) -> {
          seen.add(exchange.getRequestHeaders().getFirst("Authorization"));
          seen.add(exchange.getRequestHeaders().getFirst("X-Scope-OrgID"));
          return FakeReceiver.answering(401, "not with " + seen.getFirst()).treat(exchange, values);
        };
    set(Map.of("token", "s3cret-token", "header", "X-Scope-OrgID: tenant-7"));
    measuring.add(load, 0, 1);
    await().atMost(PATIENCE).until(() -> !measuring.status().problem().isEmpty());
    assertThat(seen).startsWith("Bearer s3cret-token", "tenant-7");
    assertThat(measuring.status().problem())
        .contains("401 not with Bearer (hidden)")
        .contains("set a token");
    assertThat(measuring.status().settings().keySet()).containsExactly("url");
    set(Map.of("labels", "site=berlin")); // A secret that is not given stays.
    seen.clear();
    measuring.outputs().remove("prom");
    set(Map.of("user", "ada", "password", "pw12"));
    receiver.usual =
        (exchange, values) -> {
          seen.add(exchange.getRequestHeaders().getFirst("Authorization"));
          return FakeReceiver.GOOD.treat(exchange, values);
        };
    measuring.add(load, 1, 2);
    var basic = Base64.getEncoder().encodeToString("ada:pw12".getBytes(StandardCharsets.UTF_8));
    await().atMost(PATIENCE).until(() -> seen.contains("Basic " + basic));
  }

  @Test
  void what_is_secret_is_hidden_in_each_form_and_before_an_answer_is_cut() {
    var basic = Base64.getEncoder().encodeToString("ada:pw12".getBytes(StandardCharsets.UTF_8));
    var said = "tenant-77 " + basic + " " + "x".repeat(265) + " pass-word-of-ada";
    receiver.usual = FakeReceiver.answering(401, said);
    set(Map.of("user", "ada", "password", "pw12", "header", "X-Scope-OrgID: tenant-77"));
    measuring.add(load, 0, 1);
    await().atMost(PATIENCE).until(() -> !measuring.status().problem().isEmpty());
    assertThat(measuring.status().problem()).contains("401 (hidden) (hidden) xxx");
    set(
        Map.of(
            "user", "ada", "password", "pass-word-of-ada", "header", "X-Scope-OrgID: tenant-77"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(measuring.status().problem())
                    .contains("401 (hidden)")
                    .contains("xxx (hidden)")
                    .doesNotContain("pass-"));
  }

  @Test
  void an_output_goes_from_a_token_to_user_and_password_when_the_token_is_cleared() {
    set(Map.of("token", "s3cret-token"));
    var seen = Collections.synchronizedList(new ArrayList<String>());
    receiver.usual =
        (exchange, values) -> {
          seen.add(exchange.getRequestHeaders().getFirst("Authorization"));
          return FakeReceiver.GOOD.treat(exchange, values);
        };
    var given = new TreeMap<>(Map.of("url", receiver.url(), "user", "ada", "password", "pw12"));
    assertThat(measuring.outputs().set("prom", OutputKind.REMOTE_WRITE, given, "ada"))
        .singleElement()
        .asString()
        .contains("token=");
    given.put("token", "");
    assertThat(measuring.outputs().set("prom", OutputKind.REMOTE_WRITE, given, "ada")).isEmpty();
    measuring.add(load, 0, 1);
    await().atMost(PATIENCE).until(() -> !seen.isEmpty());
    assertThat(seen.getFirst()).startsWith("Basic ");
  }

  @Test
  void a_change_that_the_store_does_not_take_leaves_all_as_it_was() {
    set(Map.of());
    var large =
        Map.of(
            "url",
            "http://127.0.0.1:1/",
            "metrics",
            "m".repeat(8_000),
            "checks",
            "c".repeat(8_000),
            "agent-tags",
            "t".repeat(8_000));
    FullDisk.fill(measuring.store);
    assertThatThrownBy(() -> measuring.outputs().set("prom", OutputKind.REMOTE_WRITE, large, "bob"))
        .isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> measuring.outputs().set("new", OutputKind.REMOTE_WRITE, large, "bob"))
        .isInstanceOf(StoreException.class);
    FullDisk.free(measuring.store);
    assertThat(measuring.status().changedBy()).isEqualTo("ada");
    measuring.add(load, 0, 10);
    awaitTaken(values(0, 10));
    measuring.outputs().tidy();
    assertThat(measuring.source.readers()).as("of none that is not there").containsExactly("prom");
  }

  @Test
  void an_output_that_the_store_does_not_remove_goes_on() {
    set(Map.of());
    measuring.add(load, 0, 1);
    awaitTaken(values(0, 1));
    measuring.store.close();
    assertThatThrownBy(() -> measuring.outputs().remove("prom")).isInstanceOf(StoreException.class);
    measuring.add(load, 1, 10);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(receiver.taken).isEqualTo(values(0, 10)));
  }

  @Test
  void the_log_is_not_kept_for_an_output_whose_position_could_not_be_forgotten() {
    set(Map.of());
    logIsAway.set(true);
    assertThat(measuring.outputs().remove("prom")).isTrue();
    assertThat(measuring.outputs().all()).isEmpty();
    assertThat(measuring.source.readers()).containsExactly("prom");
    logIsAway.set(false);
    measuring.source.setPosition("@scrape", 1);
    measuring.outputs().tidy();
    assertThat(measuring.source.readers()).containsExactly("@scrape");
  }

  @Test
  void a_problem_of_the_store_ends_also_when_there_is_nothing_to_send() {
    set(Map.of());
    logIsAway.set(true);
    await().atMost(PATIENCE).until(() -> measuring.status().problem().contains("it is away"));
    logIsAway.set(false);
    await().atMost(PATIENCE).until(() -> measuring.status().problem().isEmpty());
    assertThat(measuring.status().takenAt()).isEmpty();
  }

  @Test
  void a_trial_sends_one_value_and_says_why_it_was_not_taken() throws Exception {
    set(Map.of("labels", "site=berlin"));
    assertThat(measuring.outputs().trial("prom")).isEmpty();
    await().atMost(PATIENCE).until(() -> !receiver.taken.isEmpty());
    assertThat(receiver.taken)
        .singleElement()
        .asString()
        .startsWith("happo_output_test{output=prom,path=happo.output.test,site=berlin} 1.0@");
    receiver.usual = FakeReceiver.answering(404, "");
    assertThat(measuring.outputs().trial("prom").orElseThrow())
        .contains("answered 404; look whether the url is right");
    assertThat(measuring.outputs().trial("other").orElseThrow()).contains("no output other");
  }

  @Test
  void what_intake_stores_is_what_arrives() throws Exception {
    try (var export = measuring.open(new StoredSamples(new SampleLog(measuring.store)))) {
      export.start();
      var settings = Map.of("url", receiver.url());
      assertThat(export.outputs().set("real", OutputKind.REMOTE_WRITE, settings, "ada")).isEmpty();
      for (int n = 1; n <= 3; n++) {
        measuring.report("load", "load1=" + n + " load5=U");
      }
      await().atMost(PATIENCE).until(() -> receiver.taken.size() >= 3);
      assertThat(receiver.taken)
          .extracting(value -> value.replaceFirst(".*label=load1} (.*)@.*", "$1"))
          .containsExactly("1.0", "2.0", "3.0");
      await().atMost(PATIENCE).until(() -> export.outputs().all().getFirst().lagEntries() == 0);
    }
  }
}
