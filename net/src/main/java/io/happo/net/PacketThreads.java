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
      Consumer<Boolean> then) {
    start(
        "happo-admission",
        () -> {
          boolean admitted = false;
          try {
            admitted = handler.admits(peer);
          } catch (Throwable e) {
            failed("whether " + peer + " is admitted", e);
          }
          boolean verdict = admitted;
          later(ctx, () -> then.accept(verdict));
        });
  }

  /**
   * Has a packet answered; what it takes of the budget is given back when it is.
   *
   * @param certificate what the peer showed, DER
   */
  static void answer(
      PacketServer server,
      byte[] packet,
      InetSocketAddress peer,
      byte @Nullable [] certificate,
      ChannelHandlerContext ctx,
      Consumer<Result> then) {
    long charged = Gathered.charge(packet.length);
    server.budget().add(charged);
    start(
        "happo-packet",
        () -> {
          Result result;
          try {
            result =
                new Result(
                    server.handler().answer(packet, new PacketPeer(peer, subject(certificate))),
                    null);
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

  private static Optional<String> subject(byte @Nullable [] certificate)
      throws CertificateException {
    return certificate == null
        ? Optional.empty()
        : Optional.of(CertificateJudge.subject(certificate));
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
