package io.happo.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.uplink.HubAddresses.Candidate;
import io.happo.agent.uplink.HubAddresses.Via;
import io.happo.net.Response;
import io.happo.net.WebSocketRefusedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class HubAddressesTest {
  private static final InetAddress WRONG = InetAddress.ofLiteral("192.0.2.66");

  private final Map<String, String> names = new ConcurrentHashMap<>();
  private final AtomicInteger lookUps = new AtomicInteger();
  private final HubAddresses addresses =
      new HubAddresses(
          host -> {
            lookUps.incrementAndGet();
            var known = names.get(host);
            if (known == null) {
              throw new UnknownHostException(host);
            }
            return Arrays.stream(known.split(" ", -1))
                .map(InetAddress::ofLiteral)
                .toArray(InetAddress[]::new);
          },
          Duration.ofSeconds(20));

  private static HubMembership membership(String hub, String last, String... learnt) {
    return new HubMembership(
        URI.create(hub),
        "id",
        Optional.empty(),
        "",
        List.of(learnt),
        last.isEmpty() ? Optional.empty() : Optional.of(last));
  }

  private List<String> round(HubMembership membership) {
    return addresses.round(membership).stream().map(Candidate::toString).toList();
  }

  @Test
  void name_then_last_address_then_learnt_ones_are_tried_each_address_once() {
    names.put("hub.test", "192.0.2.1 2001:db8::1");
    names.put("second.test", "192.0.2.9 192.0.2.1");
    assertThat(
            round(
                membership(
                    "https://hub.test:6778",
                    "192.0.2.7:6778",
                    "192.0.2.1:6778",
                    "[2001:db8::2]:99",
                    "second.test:6778",
                    "unknown.test",
                    "nonsense:port",
                    "")))
        .containsExactly(
            "192.0.2.1:6778 (dns)",
            "[2001:db8:0:0:0:0:0:1]:6778 (dns)",
            "192.0.2.7:6778 (remembered)",
            "[2001:db8:0:0:0:0:0:2]:99 (learnt)",
            "192.0.2.9:6778 (learnt)");
    assertThat(round(membership("https://[2001:db8::5]", "")))
        .containsExactly("[2001:db8:0:0:0:0:0:5]:443 (literal)");
    assertThat(round(membership("https://unknown.test", ""))).isEmpty();
  }

  @Test
  void name_that_leads_elsewhere_than_in_the_last_round_is_noticed() {
    var membership = membership("https://hub.test:1", "192.0.2.7:1");
    round(membership);
    assertThat(addresses.leadsElsewhere()).isFalse();
    names.put("hub.test", "192.0.2.8 192.0.2.7");
    assertThat(addresses.leadsElsewhere()).isTrue();
    round(membership);
    names.put("hub.test", "192.0.2.7 192.0.2.8");
    assertThat(addresses.leadsElsewhere()).isFalse();
    names.put("hub.test", "192.0.2.7");
    assertThat(addresses.leadsElsewhere()).isTrue();
    names.remove("hub.test");
    assertThat(addresses.leadsElsewhere()).isFalse();
  }

  @Test
  void resolver_that_hangs_stops_nothing_and_is_not_asked_again_meanwhile() throws Exception {
    var asked = new AtomicInteger();
    var answer = new CountDownLatch(1);
    var slow =
        new HubAddresses(
            host -> {
              asked.incrementAndGet();
              try {
                answer.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return new InetAddress[] {InetAddress.ofLiteral("192.0.2.1")};
            },
            Duration.ofMillis(50));
    var membership = membership("https://hub.test:1", "192.0.2.7:1");
    for (int i = 0; i < 3; i++) {
      assertThat(slow.round(membership)).extracting(Candidate::via).containsExactly(Via.REMEMBERED);
    }
    var event = slow.worked(slow.round(membership).getFirst(), membership, 5).orElseThrow();
    assertThat(event.text()).contains("not looked up within");
    assertThat(asked).hasValue(1);
    answer.countDown();
    org.awaitility.Awaitility.await().until(() -> slow.round(membership).size() == 2);
  }

  @Test
  void name_that_leads_to_another_host_is_told_once_until_it_works_again() {
    names.put("hub.test", "192.0.2.66");
    var membership = membership("https://hub.test:1", "192.0.2.7:1");
    for (int i = 0; i < 2; i++) {
      var round = addresses.round(membership);
      addresses.failed(round.get(0), new SSLException("its public key is another"));
      var event = addresses.worked(round.get(1), membership, 5);
      assertThat(event.isPresent()).isEqualTo(i == 0);
      event.ifPresent(
          e -> {
            assertThat(e.name()).isEqualTo("dns");
            assertThat(e.text())
                .startsWith("DNS: the name hub.test leads to 192.0.2.66:1, which is not the hub");
            assertThat(e.text()).endsWith("the hub was found at 192.0.2.7:1");
            assertThat(e.details())
                .containsEntry("state", "broken")
                .containsEntry("via", "remembered")
                .containsEntry("name", "hub.test:1");
          });
    }
    names.put("hub.test", "192.0.2.7");
    var round = addresses.round(membership);
    assertThat(addresses.worked(round.getFirst(), membership, 6).orElseThrow().details())
        .containsEntry("state", "works");
    assertThat(addresses.worked(round.getFirst(), membership, 7)).isEmpty();
  }

  @Test
  void name_that_is_unknown_is_asked_for_once_a_round_also_where_the_hub_teaches_it() {
    var membership = membership("https://hub.test:1", "192.0.2.7:1", "hub.test:1", "hub.test:2");
    for (int round = 1; round <= 2; round++) {
      assertThat(round(membership)).containsExactly("192.0.2.7:1 (remembered)");
      assertThat(lookUps).hasValue(round);
    }
  }

  private static WebSocketRefusedException answered(int status) {
    return new WebSocketRefusedException("hub.test", Response.text(status, ""));
  }

  @Test
  void who_answers_there_and_is_no_hub_is_told_by_the_name_that_leads_there() {
    var membership = membership("https://hub.test:1", "192.0.2.7:1");
    for (var answer :
        List.of(answered(404), answered(200), new Session.AnotherHubException("another"))) {
      var fresh = new HubAddresses(host -> new InetAddress[] {WRONG}, Duration.ofSeconds(20));
      var round = fresh.round(membership);
      fresh.failed(round.get(0), answer);
      assertThat(fresh.worked(round.get(1), membership, 5).orElseThrow().text())
          .contains("the name hub.test leads to 192.0.2.66:1, which is not the hub");
    }
  }

  @Test
  void name_that_leads_to_where_nobody_answers_is_told_when_the_hub_is_where_it_was() {
    names.put("hub.test", "192.0.2.66");
    var membership = membership("https://hub.test:1", "192.0.2.7:1");
    var round = addresses.round(membership);
    addresses.failed(round.get(0), new ConnectException("refused"));
    assertThat(addresses.worked(round.get(1), membership, 5).orElseThrow().text())
        .startsWith("DNS: the name hub.test leads to where nobody answers");
  }

  @Test
  void hub_that_has_too_much_to_do_is_no_problem_of_the_name() {
    names.put("hub.test", "192.0.2.66");
    var membership = membership("https://hub.test:1", "192.0.2.7:1");
    for (int status : List.of(429, 503)) {
      var round = addresses.round(membership);
      addresses.failed(round.get(0), answered(status));
      assertThat(addresses.worked(round.get(1), membership, 5)).isEmpty();
    }
  }

  @Test
  void hub_that_is_down_while_another_one_is_there_is_not_the_name_services_fault() {
    names.put("hub.test", "192.0.2.1");
    var membership = membership("https://hub.test:1", "", "192.0.2.2:1");
    var round = addresses.round(membership);
    IOException refused = new ConnectException("refused");
    addresses.failed(round.get(0), refused);
    assertThat(addresses.worked(round.get(1), membership, 5)).isEmpty();
  }
}
