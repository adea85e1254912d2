package io.happo.hub.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.core.link.ToAgent;
import io.happo.net.WebSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is sent to an agent that reads when the test says so. */
@Timeout(60)
final class OutgoingTest {
  private final Reader reader = new Reader();
  private final Outgoing outgoing = new Outgoing(reader);

  /** Takes a message once it may; until then its sender waits, as with a full socket. */
  private static final class Reader implements WebSocket {
    private final Semaphore may = new Semaphore(0);
    private final Semaphore waiting = new Semaphore(0);
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private volatile boolean gone;

    @Override
    public void send(String text) throws IOException {
      waiting.release();
      may.acquireUninterruptibly();
      if (gone) {
        throw new IOException("gone");
      }
      heard.add(text);
    }

    @Override
    public @Nullable String receive(Duration timeout) {
      return null;
    }

    @Override
    public Duration silence() {
      return Duration.ZERO;
    }

    @Override
    public Optional<String> subprotocol() {
      return Optional.empty();
    }

    @Override
    public void close(int code, String reason) {
      heard.add("closed " + code + " " + reason);
    }

    String next() throws InterruptedException {
      return String.valueOf(heard.poll(40, TimeUnit.SECONDS));
    }

    /** Until somebody waits to send. */
    void awaitSender() throws InterruptedException {
      assertThat(waiting.tryAcquire(40, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static ToAgent.Cancel message(int number) {
    return new ToAgent.Cancel("number " + number);
  }

  /** Whatever is said now goes nowhere. */
  private void assertNothingMore() {
    outgoing.send(message(3));
    outgoing.close(1_000, "");
    assertThat(reader.waiting.availablePermits()).as("tries to send").isZero();
    assertThat(reader.heard).isEmpty();
  }

  @Test
  void messages_are_sent_in_order_and_nobody_waits_for_the_agent() throws Exception {
    var sent = new ArrayList<String>();
    for (int i = 0; i < 500; i++) {
      outgoing.send(message(i)); // Returns, though the agent has read nothing.
      sent.add(message(i).toJson());
    }
    reader.may.release(500);
    var heard = new ArrayList<String>();
    for (int i = 0; i < 500; i++) {
      heard.add(reader.next());
    }
    assertThat(heard).isEqualTo(sent);
  }

  @Test
  void what_waits_is_sent_before_the_end() throws Exception {
    outgoing.send(message(1));
    reader.awaitSender();
    outgoing.send(message(2));
    outgoing.close(4_001, "come again");
    outgoing.send(message(3));
    reader.may.release(3);
    assertThat(List.of(reader.next(), reader.next(), reader.next()))
        .containsExactly(message(1).toJson(), message(2).toJson(), "closed 4001 come again");
  }

  @Test
  void an_agent_with_nothing_waiting_is_closed_at_once() throws Exception {
    outgoing.close(4_001, "come again");
    assertThat(reader.next()).isEqualTo("closed 4001 come again");
  }

  @Test
  void too_many_messages_for_an_agent_that_does_not_read_cut_it_off() throws Exception {
    outgoing.send(message(0));
    reader.awaitSender();
    for (int i = 1; i <= 1_001; i++) {
      outgoing.send(message(i));
    }
    assertThat(reader.next()).isEqualTo("closed 1008 the agent does not read");
    reader.may.release(2_000);
    assertThat(reader.next()).as("the one that was being sent").isEqualTo(message(0).toJson());
    assertNothingMore();
  }

  @Test
  void too_large_messages_for_an_agent_that_does_not_read_cut_it_off() throws Exception {
    outgoing.send(message(0));
    reader.awaitSender();
    for (int i = 0; i < 9; i++) {
      outgoing.send(new ToAgent.Cancel("x".repeat(1 << 20)));
    }
    assertThat(reader.next()).isEqualTo("closed 1008 the agent does not read");
  }

  @Test
  void an_agent_that_is_cut_off_gets_nothing_of_what_waits() throws Exception {
    outgoing.send(message(1));
    reader.awaitSender();
    outgoing.send(message(2));
    outgoing.cut(4_003, "revoked");
    assertThat(reader.next()).isEqualTo("closed 4003 revoked");
    reader.may.release(2);
    assertThat(reader.next()).isEqualTo(message(1).toJson());
    assertNothingMore();
  }

  @Test
  void nothing_more_waits_for_an_agent_that_is_gone() throws Exception {
    outgoing.send(message(1));
    reader.awaitSender();
    outgoing.send(message(2));
    reader.gone = true;
    reader.may.release(10);
    await().until(() -> reader.may.availablePermits() == 9);
    assertNothingMore();
  }
}
