package io.happo.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.happo.agent.buffer.Limits;
import io.happo.agent.buffer.Outbox;
import io.happo.agent.uplink.Uplink.State;
import io.happo.core.link.Item;
import io.happo.core.link.Join;
import io.happo.core.link.Link;
import io.happo.core.link.Refusal;
import io.happo.core.link.ToAgent;
import io.happo.core.link.ToHub;
import io.happo.net.Headers;
import io.happo.net.Response;
import io.happo.program.keys.SigningKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class UplinkTest {
  @TempDir Path folder;
  private final List<Duration> pauses = new CopyOnWriteArrayList<>();
  private final List<String> applied = new CopyOnWriteArrayList<>();
  private final ArrayBlockingQueue<String> cancelled = new ArrayBlockingQueue<>(10);
  private volatile HubAddresses.Resolver resolver =
      host -> {
        throw new UnknownHostException(host);
      };
  private TwinHub hub;
  private Outbox outbox;
  private Uplink uplink;

  @BeforeEach
  void openOutbox() throws IOException {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(40)); // A machine may have other work.
    hub = new TwinHub();
    outbox =
        Outbox.open(
            folder.resolve("outbox"),
            new Limits(8 << 20, Duration.ofDays(7)),
            InstantSource.system());
    uplink = uplink(Optional.of(new UplinkSettings.Invitation(hub.uri(), TwinHub.token())));
  }

  @AfterEach
  void closeAll() throws IOException {
    uplink.close();
    outbox.close();
    hub.close();
  }

  private Uplink uplink(Optional<UplinkSettings.Invitation> invitation) {
    return new Uplink(
        new UplinkSettings(folder, "1.2.3", Map.of("role", "web"), invitation),
        outbox,
        new Applier(),
        new Runs(),
        InstantSource.system(),
        new HubAddresses(host -> resolver.lookUp(host), Duration.ofMillis(300)),
        wait -> {
          pauses.add(wait);
          return Duration.ofMillis(Math.min(20, wait.toMillis()));
        });
  }

  private final class Applier implements PlanApplier {
    @Override
    public String hash() {
      return applied.isEmpty() ? "" : applied.getLast();
    }

    @Override
    public List<String> bundles() {
      return List.of("b1");
    }

    @Override
    public ToHub.PlanStatus apply(String hash, String document) {
      if (document.equals("broken")) {
        throw new IllegalStateException("no plan");
      }
      applied.add(hash);
      return new ToHub.PlanStatus(hash, true, List.of());
    }
  }

  private final class Runs implements RunNow {
    private final Set<String> expected = ConcurrentHashMap.newKeySet();

    @Override
    public void expect(String id) {
      expected.add(id);
    }

    @Override
    public ToHub.RunEnd run(ToAgent.Run run, Consumer<String> output) {
      if (run.work().text().equals("forever")) {
        try {
          assertThat(cancelled.poll(40, TimeUnit.SECONDS)).isEqualTo(run.id());
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        return new ToHub.RunEnd(run.id(), "cancelled", Optional.empty(), "");
      }
      output.accept("x".repeat(100_000));
      output.accept("done");
      return new ToHub.RunEnd(run.id(), "exited", Optional.empty(), "");
    }

    @Override
    public void cancel(String id) {
      if (expected.contains(id)) {
        cancelled.add(id);
      }
    }
  }

  private void connect() throws IOException {
    uplink.start();
    await().until(() -> uplink.status().state() == State.CONNECTED);
    await().until(() -> hub.talking != null);
  }

  private void append(int number) throws IOException {
    outbox.append(
        new Item.CheckResult("load", System.currentTimeMillis(), 5, 0, 0, "number " + number, ""));
  }

  private void awaitStored(int count) {
    await().until(() -> hub.stored.size() >= count && outbox.stats().records() == 0);
    assertThat(hub.stored).hasSize(count);
  }

  @Test
  void agent_without_a_hub_does_nothing_and_writes_nothing() throws Exception {
    uplink = uplink(Optional.empty());
    uplink.start();
    assertThat(uplink.status()).isEqualTo(new Uplink.Status(State.ALONE, "", ""));
    assertThat(folder.resolve(HubMembership.KEY_NAME)).doesNotExist();
    assertThatThrownBy(() -> uplink.fetchBundle("abc")).hasMessageContaining("no session");
  }

  @Test
  void invited_agent_joins_says_who_it_is_and_delivers_all_it_has() throws Exception {
    for (int i = 0; i < 300; i++) {
      append(i);
    }
    connect();
    append(300);
    awaitStored(301);
    var join = hub.joins.getFirst();
    assertThat(join.secret()).isEqualTo(TwinHub.SECRET);
    assertThat(join.tags()).containsEntry("role", "web");
    assertThat(join.facts()).containsKeys("os", "arch", "bootId");
    var hello = hub.heard(ToHub.Hello.class).getFirst();
    assertThat(hello.via()).isEqualTo("literal");
    assertThat(hello.version()).isEqualTo("1.2.3");
    assertThat(hello.bundles()).containsExactly("b1");
    assertThat(hello.epoch()).isEqualTo(outbox.epoch());
    assertThat(hub.order.getFirst()).as("the newest result comes first").isEqualTo(300);
    var membership = HubMembership.read(folder.resolve(HubMembership.FILE_NAME)).orElseThrow();
    assertThat(membership.lastWorked()).contains("127.0.0.1:" + hub.port());

    uplink.close();
    assertThat(hub.heard(ToHub.Goodbye.class)).containsExactly(new ToHub.Goodbye(false));
    // The next start joins no more.
    uplink = uplink(Optional.empty());
    connect();
    assertThat(hub.joins).hasSize(1);
    assertThat(uplink.close(true)).isTrue();
    assertThat(hub.heard(ToHub.Goodbye.class).getLast().leaving()).isTrue();
  }

  @Test
  void lost_acks_and_cut_sessions_cost_nothing_and_double_nothing() throws Exception {
    var count = new AtomicInteger();
    hub.isUnlucky = results -> count.incrementAndGet() % 3 == 0;
    hub.unlucky = TwinHub.Fate.CUT;
    uplink.start();
    for (int i = 0; i < 500; i++) {
      append(i);
      if (i % 100 == 99) {
        int least = i / 2;
        await().until(() -> hub.stored.size() > least);
      }
    }
    awaitStored(500);
    assertThat(hub.heard(ToHub.Hello.class)).hasSizeGreaterThan(1);
  }

  @Test
  void items_whose_ack_was_lost_are_not_sent_again_when_the_hub_says_it_has_them()
      throws Exception {
    hub.isUnlucky = results -> true;
    connect();
    append(1);
    await().until(() -> hub.stored.size() == 1);
    hub.isUnlucky = results -> false;
    hub.end(1_001);
    await().until(() -> hub.heard(ToHub.Hello.class).size() == 2);
    append(2);
    awaitStored(2);
    assertThat(hub.order).hasSize(2);
  }

  @Test
  void refused_token_is_tried_again_slowly() throws Exception {
    hub.joinAnswer =
        new Response(
            403,
            Headers.NONE,
            new Join.Refused(Join.Reason.TOKEN_EXPIRED, "expired yesterday").toJson());
    uplink.start();
    await().until(() -> hub.joins.size() >= 2);
    assertThat(uplink.status().state()).isEqualTo(State.AWAY);
    assertThat(uplink.status().problem()).contains("token_expired", "expired yesterday");
    assertThat(pauses).contains(Duration.ofMinutes(5));

    hub.joinAnswer = new Response(503, Headers.of("Retry-After", "77"), new byte[0]);
    await().until(() -> pauses.stream().anyMatch(p -> p.compareTo(Duration.ofSeconds(77)) >= 0));
    hub.joinAnswer =
        new Response(200, Headers.NONE, new Join.Accepted(true, "f".repeat(32), "").toJson());
    await().until(() -> uplink.status().problem().contains("another hub"));
    hub.joinAnswer =
        new Response(200, Headers.NONE, new Join.Accepted(true, TwinHub.HUB_ID, "").toJson());
    await().until(() -> uplink.status().state() == State.CONNECTED);
  }

  @Test
  void refused_agent_comes_back_when_the_hub_says() throws Exception {
    hub.welcomeInstead =
        Optional.of(new ToAgent.Refused(Refusal.DUPLICATE, "another machine has this key", 90));
    uplink.start();
    await().until(() -> hub.heard(ToHub.Hello.class).size() >= 2);
    assertThat(uplink.status().problem()).contains("another machine");
    assertThat(pauses.getFirst()).isGreaterThanOrEqualTo(Duration.ofSeconds(90));
    hub.welcomeInstead = Optional.of(new ToAgent.Refused(Refusal.REVOKED, "taken out", 0));
    await().until(() -> pauses.contains(Duration.ofMinutes(5)));
    assertThat(uplink.status().refusal()).isEqualTo("revoked");
    hub.refusal = Optional.of(new Response(503, Headers.of("Retry-After", "300"), new byte[0]));
    await().until(() -> pauses.stream().anyMatch(p -> p.compareTo(Duration.ofMinutes(5)) > 0));
    hub.welcomeInstead = Optional.empty(); // Not before: a session may be under way.
    hub.refusal = Optional.empty();
    await().until(() -> uplink.status().state() == State.CONNECTED);
  }

  @Test
  void pending_agent_stays_connected_until_it_is_approved() throws Exception {
    hub.welcomeInstead = Optional.of(new ToAgent.Pending());
    append(1);
    uplink.start();
    await().until(() -> uplink.status().state() == State.PENDING && hub.talking != null);
    hub.welcomeInstead = Optional.empty();
    hub.end(Link.COME_AGAIN);
    awaitStored(1);
    assertThat(pauses.getLast()).isLessThanOrEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void plans_are_applied_and_answered_also_when_that_fails() throws Exception {
    connect();
    hub.say(new ToAgent.PlanOffer("hash1", "document"));
    await().until(() -> hub.heard(ToHub.PlanStatus.class).size() == 1);
    hub.say(new ToAgent.PlanOffer("hash2", "broken"));
    await().until(() -> hub.heard(ToHub.PlanStatus.class).size() == 2);
    var statuses = hub.heard(ToHub.PlanStatus.class);
    assertThat(statuses.get(0)).isEqualTo(new ToHub.PlanStatus("hash1", true, List.of()));
    assertThat(statuses.get(1).applied()).isFalse();
    assertThat(statuses.get(1).problems().getFirst()).contains("no plan");
    hub.end(1_001);
    await().until(() -> hub.heard(ToHub.Hello.class).size() == 2);
    assertThat(hub.heard(ToHub.Hello.class).getLast().planHash()).isEqualTo("hash1");
  }

  @Test
  void runs_stream_their_output_and_end_when_they_are_cancelled_or_the_hub_is_lost()
      throws Exception {
    connect();
    hub.say(new ToAgent.Run("r1", new ToAgent.Work("check", "load", ""), 10));
    await().until(() -> hub.heard(ToHub.RunEnd.class).size() == 1);
    var chunks = hub.heard(ToHub.RunOutput.class);
    assertThat(chunks).hasSize(3);
    assertThat(String.join("", chunks.stream().map(ToHub.RunOutput::chunk).toList()))
        .hasSize(100_004)
        .endsWith("done");
    var forever = new ToAgent.Work("command", "forever", "");
    hub.say(new ToAgent.Run("r2", forever, 10));
    hub.say(new ToAgent.Run("r2", forever, 10));
    await().until(() -> hub.problems().size() == 1);
    hub.say(new ToAgent.Cancel("r2"));
    await().until(() -> hub.heard(ToHub.RunEnd.class).size() == 2);
    assertThat(hub.heard(ToHub.RunEnd.class).getLast().outcome()).isEqualTo("cancelled");
    hub.say(new ToAgent.Run("r3", forever, 10));
    hub.say("{}");
    await().until(() -> hub.problems().size() == 2);
    hub.end(1_001);
    await().until(() -> hub.heard(ToHub.Hello.class).size() == 2 && cancelled.isEmpty());
  }

  @Test
  void a_run_that_is_cancelled_at_once_ends_at_once() throws Exception {
    connect();
    for (int i = 0; i < 20; i++) {
      int runs = i + 1;
      hub.say(new ToAgent.Run("r" + i, new ToAgent.Work("command", "forever", ""), 10));
      hub.say(new ToAgent.Cancel("r" + i));
      await().until(() -> hub.heard(ToHub.RunEnd.class).size() == runs);
    }
  }

  @Test
  void bundles_are_fetched_with_the_bearer_of_the_session() throws Exception {
    connect();
    assertThat(new String(uplink.fetchBundle("abc"), java.nio.charset.StandardCharsets.UTF_8))
        .startsWith("for Bearer bearer-");
    assertThatThrownBy(() -> uplink.fetchBundle("def")).hasMessageContaining("404");
  }

  @Test
  void what_is_not_understood_is_answered_and_too_much_of_it_ends_the_session() throws Exception {
    connect();
    append(0);
    awaitStored(1);
    hub.say("{\"type\":\"of next year\"}");
    hub.say("no json");
    hub.say(new ToAgent.Challenge(TwinHub.HUB_ID, "again"));
    hub.say("{\"type\":\"ack\",\"epoch\":\"lie\",\"first\":1,\"upTo\":99999999}");
    await().until(() -> hub.problems().size() == 3);
    assertThat(hub.problems().getFirst()).contains("of next year");
    append(1);
    awaitStored(2);
    for (int i = 3; i <= Session.MAX_PROBLEMS; i++) {
      hub.say("{}");
    }
    await().until(() -> hub.heard(ToHub.Hello.class).size() == 2);
  }

  @Test
  void hub_that_is_another_one_is_not_talked_to() throws Exception {
    hub.hubId = "f".repeat(32);
    uplink.start();
    await().until(() -> uplink.status().problem().contains("another hub"));
    assertThat(hub.heard(ToHub.Hello.class)).isEmpty();
    hub.hubId = TwinHub.HUB_ID;
    await().until(() -> uplink.status().state() == State.CONNECTED);
  }

  @Test
  void agent_finds_its_hub_without_dns_says_so_and_says_when_it_works_again() throws Exception {
    new HubMembership(
            java.net.URI.create("https://hub.invalid:" + hub.port()),
            TwinHub.HUB_ID,
            Optional.of(TwinHub.pin()),
            "",
            List.of(),
            Optional.empty())
        .write(folder.resolve(HubMembership.FILE_NAME));
    var key = SigningKey.open(folder.resolve(HubMembership.KEY_NAME));
    hub.keys.put(key.id(), java.util.Base64.getDecoder().decode(key.publicKey()));
    resolver = host -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")};
    connect();
    assertThat(hub.heard(ToHub.Hello.class).getLast().via()).isEqualTo("dns");

    resolver =
        host -> {
          throw new UnknownHostException(host);
        };
    hub.end(1_001);
    await().until(() -> hub.events("dns").size() == 1);
    assertThat(hub.heard(ToHub.Hello.class).getLast().via()).isEqualTo("remembered");
    assertThat(hub.events("dns").getFirst().text()).startsWith("DNS: ").contains("unknown");
    assertThat(hub.events("dns").getFirst().details()).containsEntry("state", "broken");

    resolver = host -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")};
    hub.end(1_001);
    await().until(() -> hub.events("dns").size() == 2);
    assertThat(hub.events("dns").stream().map(event -> event.details().get("state")))
        .containsExactlyInAnyOrder("broken", "works");
    assertThat(Files.readString(folder.resolve(HubMembership.FILE_NAME)))
        .contains("\"lastWorked\":\"127.0.0.1:");
  }

  @Test
  void agent_that_came_without_dns_comes_again_by_name_once_that_works() throws Exception {
    new HubMembership(
            java.net.URI.create("https://hub.invalid:" + hub.port()),
            TwinHub.HUB_ID,
            Optional.of(TwinHub.pin()),
            "",
            List.of(),
            Optional.of("127.0.0.1:" + hub.port()))
        .write(folder.resolve(HubMembership.FILE_NAME));
    var key = SigningKey.open(folder.resolve(HubMembership.KEY_NAME));
    hub.keys.put(key.id(), java.util.Base64.getDecoder().decode(key.publicKey()));
    resolver =
        host -> {
          throw new UnknownHostException(host);
        };
    connect();
    assertThat(hub.heard(ToHub.Hello.class).getLast().via()).isEqualTo("remembered");
    resolver = host -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")};
    await().until(() -> hub.heard(ToHub.Hello.class).size() == 2);
    assertThat(hub.heard(ToHub.Hello.class).getLast().via()).isEqualTo("dns");
    await().until(() -> hub.events("dns").size() == 2);
  }

  @Test
  void stopping_does_not_wait_for_a_hub_that_cannot_be_found() throws Exception {
    uplink.close();
    var never = new java.util.concurrent.CountDownLatch(1);
    new HubMembership(
            java.net.URI.create("https://hub.invalid"),
            TwinHub.HUB_ID,
            Optional.empty(),
            "",
            List.of(),
            Optional.empty())
        .write(folder.resolve(HubMembership.FILE_NAME));
    resolver =
        host -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          throw new UnknownHostException(host);
        };
    uplink = uplink(Optional.empty());
    uplink.start();
    await().until(() -> uplink.status().problem().contains("name"));
    uplink.close();
    never.countDown();
  }
}
