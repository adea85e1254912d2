package io.happo.net;

import io.netty.channel.ChannelHandlerContext;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What connections of packets have done on threads of their own because it may block or take long:
 * each result comes back to the connection's event loop, unless the server has stopped. What goes
 * wrong in a handler is logged here, and refuses.
 */
final class PacketThreads {
  /**
   * What a handler made of a packet.
   *
   * @param refusal why it gets no answer; null when it was not refused
   */
  record Result(Optional<byte[]> answer, @Nullable String refusal) {}

  /**
   * How a connection is secured.
   *
   * @param certificate what the peer showed, DER
   */
  record Session(String version, String cipher, byte @Nullable [] certificate) {
    /** That of a connection, when it has one; the certificate counts only if it was asked for. */
    static @Nullable Session of(@Nullable TlsSide tls, boolean asked) {
      return tls == null
          ? null
          : new Session(tls.version(), tls.cipher(), asked ? tls.peerCertificate() : null);
    }
  }

  /** Something that can fail. */
  @FunctionalInterface
  interface Maker<T> {
    T make() throws Exception;
  }

  private PacketThreads() {}

  static void ask(
      PacketHandler handler,
      InetSocketAddress peer,
      ChannelHandlerContext ctx,
      Consumer<Optional<String>> then) {
    start(
        "happo-admission",
        () -> {
          Optional<String> refusal;
          try {
            refusal = handler.refusal(peer);
          } catch (Throwable e) {
            failed("whether " + peer + " may ask", e);
            refusal = Optional.of("whether it may ask could not be found out");
          }
          var verdict = refusal;
          later(ctx, () -> then.accept(verdict));
        });
  }

  /**
   * Has a packet answered; what it takes of the budget is given back when it is.
   *
   * @param tls how the connection is secured; null when it is not
   */
  static void answer(
      PacketServer server,
      byte[] packet,
      InetSocketAddress peer,
      @Nullable Session tls,
      ChannelHandlerContext ctx,
      Consumer<Result> then) {
    long charged = Gathered.charge(packet.length);
    server.budget().add(charged);
    start(
        "happo-packet",
        () -> {
          Result result;
          try {
            result = new Result(server.handler().answer(packet, peer(peer, tls)), null);
          } catch (RefusedPacketException e) {
            result = new Result(Optional.empty(), String.valueOf(e.getMessage()));
          } catch (Throwable e) {
            failed("the answer to a packet", e);
            result = new Result(Optional.empty(), "its answer could not be made");
          }
          server.budget().give(charged);
          var made = result;
          later(ctx, () -> then.accept(made));
        });
  }

  /**
   * Has something else made.
   *
   * @param then takes it, or null when it could not be made
   */
  static <T> void make(
      String what, Maker<T> maker, ChannelHandlerContext ctx, Consumer<@Nullable T> then) {
    start(
        "happo-packet",
        () -> {
          @Nullable T made = null;
          try {
            made = maker.make();
          } catch (Throwable e) {
            failed(what, e);
          }
          @Nullable T result = made;
          later(ctx, () -> then.accept(result));
        });
  }

  private static PacketPeer peer(InetSocketAddress address, @Nullable Session tls)
      throws CertificateException {
    if (tls == null) {
      return new PacketPeer(address, Optional.empty());
    }
    Optional<PacketPeer.Certificate> certificate =
        tls.certificate() == null
            ? Optional.empty()
            : Optional.of(CertificateJudge.names(tls.certificate()));
    return new PacketPeer(
        address, Optional.of(new PacketPeer.Tls(tls.version(), tls.cipher(), certificate)));
  }

  private static void start(String name, Runnable work) {
    Thread.ofVirtual().name(name).start(work);
  }

  private static void later(ChannelHandlerContext ctx, Runnable step) {
    try {
      ctx.executor().execute(step);
    } catch (RejectedExecutionException e) {
      // The server has stopped, and closed this connection.
    }
  }

  static void failed(String what, Throwable cause) {
    System.getLogger("io.happo.net")
        .log(System.Logger.Level.ERROR, "a server of packets failed: " + what, cause);
  }
}
