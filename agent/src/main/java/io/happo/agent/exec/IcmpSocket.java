package io.happo.agent.exec;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * ICMP to and from one address (icmp(7)), which Java has no sockets for: through a datagram socket,
 * which Linux gives to the groups of {@code net.ipv4.ping_group_range}, or a raw one, for which
 * CAP_NET_RAW is needed. Of one thread, which it blocks: never a virtual one.
 *
 * <p>A datagram socket puts an identifier of its own into what is sent, and gets answers to that
 * alone; a raw one gets all ICMP from that address. What is received has to be told from that of
 * others by its data.
 */
public final class IcmpSocket implements AutoCloseable {
  private static final long SOCKET = Libc.function("socket");
  private static final long CONNECT = Libc.function("connect");
  private static final long SEND = Libc.function("send");
  private static final long RECV = Libc.function("recv");
  private static final long SETSOCKOPT = Libc.function("setsockopt");

  private static final int IPV4 = 2;
  private static final int IPV6 = 10;
  private static final int DATAGRAM = 2;
  private static final int RAW = 3;
  private static final int CLOSE_ON_EXEC = 0x80000;
  private static final int ICMP = 1;
  private static final int ICMPV6 = 58;

  /** {@code IP_RECVERR} and {@code IPV6_RECVERR}: what routers answer is told as an error. */
  private static final int RECEIVE_ERRORS = 11;

  private static final int RECEIVE_ERRORS_6 = 25;
  private static final int LEVEL_6 = 41;

  private static final int NO_WAIT = 0x40;
  private static final int READABLE = 1;

  /** {@code struct sockaddr_in6} is the largest of what is passed beside packets. */
  private static final int ADDRESS_BYTES = 28;

  private static final int MAX_BYTES = 2048;

  private final Memory memory = new Memory(MAX_BYTES);
  private final int descriptor;
  private final boolean hasHeader;

  private IcmpSocket(int descriptor, boolean hasHeader) {
    this.descriptor = descriptor;
    this.hasHeader = hasHeader;
  }

  /**
   * A socket to an address; null where this process may have none.
   *
   * @throws IOException with what is wrong, as {@link #receive} has it
   */
  public static @Nullable IcmpSocket open(InetAddress address) throws IOException {
    if (!Libc.isLoaded()) {
      return null;
    }
    boolean isIpv4 = address instanceof Inet4Address;
    boolean isRaw = false;
    int descriptor = create(isIpv4, DATAGRAM);
    if (descriptor < 0) {
      isRaw = true;
      descriptor = create(isIpv4, RAW);
    }
    if (descriptor < 0) {
      return null;
    }
    var socket = new IcmpSocket(descriptor, isRaw && isIpv4);
    try {
      socket.connect(address, isIpv4);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static int create(boolean isIpv4, int kind) {
    return Libc.call(SOCKET, isIpv4 ? IPV4 : IPV6, kind | CLOSE_ON_EXEC, isIpv4 ? ICMP : ICMPV6);
  }

  private void connect(InetAddress address, boolean isIpv4) throws IOException {
    var bytes = memory.bytes().clear().putInt(0, 1);
    int level = isIpv4 ? 0 : LEVEL_6;
    int option = isIpv4 ? RECEIVE_ERRORS : RECEIVE_ERRORS_6;
    Libc.call(SETSOCKOPT, descriptor, level, option, memory.address(), Integer.BYTES);
    bytes.put(new byte[ADDRESS_BYTES]).putShort(0, (short) (isIpv4 ? IPV4 : IPV6));
    bytes.put(isIpv4 ? 4 : 8, address.getAddress());
    if (address instanceof Inet6Address scoped) {
      bytes.putInt(24, scoped.getScopeId());
    }
    check(Libc.call(CONNECT, descriptor, memory.address(), isIpv4 ? 16 : ADDRESS_BYTES));
  }

  /**
   * Sends a message, from its type on. The system counts the checksum where it wants one that knows
   * the address.
   *
   * @throws IOException with what is wrong, as {@link #receive} has it
   */
  public void send(byte[] message) throws IOException {
    memory.bytes().clear().put(message);
    check(Libc.call(SEND, descriptor, memory.address(), message.length, NO_WAIT));
  }

  /**
   * The next message, from its type on; null when none has come in that time.
   *
   * @throws IOException when there is no way; its message says so in a word or two
   */
  public byte @Nullable [] receive(long nanos) throws IOException {
    // struct pollfd: int fd, short events, short revents.
    memory.bytes().clear().putInt(0, descriptor).putInt(4, 0).putShort(4, (short) READABLE);
    long millis = TimeUnit.NANOSECONDS.toMillis(Math.max(0, nanos) + 999_999);
    if (Libc.call(Libc.POLL, memory.address(), 1, millis) <= 0) {
      return null;
    }
    int count = Libc.call(RECV, descriptor, memory.address(), MAX_BYTES, NO_WAIT);
    check(count);
    var bytes = memory.bytes().clear().limit(Math.max(0, count));
    int from = hasHeader && count > 0 ? Math.min(count, (bytes.get(0) & 0xf) * Integer.BYTES) : 0;
    var message = new byte[Math.max(0, count - from)];
    bytes.get(from, message);
    return message;
  }

  private static void check(int answer) throws IOException {
    if (answer >= 0) {
      return;
    }
    int error = Libc.error();
    switch (error) {
      case 4, 11, 105 -> {
        // Interrupted, nothing there, or no room: as a packet that is lost.
      }
      case 1, 13 -> throw new IOException("Network Prohibited");
      case 101 -> throw new IOException("Network Unreachable");
      case 112, 113 -> throw new IOException("Host Unreachable");
      default -> throw new IOException(Libc.reason(error));
    }
  }

  @Override
  public void close() {
    Libc.call(Libc.CLOSE, descriptor);
    memory.close();
  }
}
