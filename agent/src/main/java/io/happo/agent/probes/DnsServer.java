package io.happo.agent.probes;

import io.happo.agent.checks.Machine;
import io.happo.net.ClientSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A name server that is asked by UDP, and by TCP when the answer does not fit into a packet (RFC
 * 1035, 4.2; RFC 7766).
 */
record DnsServer(InetSocketAddress address) {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** So long an answer is waited for until it is asked again; a packet may have been lost. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /**
   * Asks.
   *
   * @param name as {@link DnsMessage#question} takes it
   * @param times how often it is asked at most; 0 for as long as there is time
   * @return null when it has not answered
   * @throws PortUnreachableException when nobody listens there
   * @throws IOException when it does not answer by TCP as it should
   */
  @Nullable DnsMessage ask(String name, DnsType type, int times, Machine machine)
      throws IOException, InterruptedException {
    var question = DnsMessage.question(RANDOM.nextInt(1 << 16), name, type);
    if (question == null) {
      throw new IllegalArgumentException(name);
    }
    // Each server is asked from a port of its own, which others would have to guess (RFC 5452).
    try (var udp = new Udp(address)) {
      for (int i = 0; i < times || times == 0; i++) {
        udp.send(question);
        var answer = listen(udp, question, machine);
        if (answer != null) {
          return answer.isCut() ? askByTcp(question, machine) : answer;
        }
      }
    }
    return null;
  }

  private static @Nullable DnsMessage listen(Udp udp, byte[] question, Machine machine)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return null;
      }
      var most = Duration.ofNanos(Math.min(left, machine.left().toNanos()));
      var packet = udp.receive(most);
      var answer = packet == null ? null : DnsMessage.answer(packet, question);
      if (answer != null) {
        return answer;
      }
    }
  }

  private DnsMessage askByTcp(byte[] question, Machine machine)
      throws IOException, InterruptedException {
    try (var socket = ClientSocket.connect(address, machine.left())) {
      var packet = ByteBuffer.allocate(2 + question.length);
      packet.putShort((short) question.length).put(question);
      socket.output().write(packet.array());
      var in = socket.input();
      var length = in.readNBytes(2);
      var bytes =
          length.length < 2
              ? new byte[0]
              : in.readNBytes((length[0] & 0xff) << 8 | (length[1] & 0xff));
      var answer = DnsMessage.answer(bytes, question);
      if (answer == null || answer.isCut()) {
        throw new IOException("it does not answer by TCP as it should");
      }
      return answer;
    } catch (IOException e) {
      Reach.endIfOver(e);
      throw e;
    }
  }
}
