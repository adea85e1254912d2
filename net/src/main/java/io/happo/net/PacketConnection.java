package io.happo.net;

import static java.util.Objects.requireNonNull;

import io.happo.net.WaitingLine.Stand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a {@link PacketServer}: silent, asked about, greeted (TLS), gathering its
 * packet, answered, and ended in order. All of its fields belong to the server's event loop;
 * verdicts and answers are made on threads of their own. Nothing but this object is kept for a peer
 * that has not sent a byte.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // Netty: what fails closes the channel, which is seen.
final class PacketConnection extends ChannelInboundHandlerAdapter {
  /** What a server tells its connections. */
  enum Event {
    STOPPING
  }

  /** In this order, some left out; from each to CLOSED, and to LEAVING once something was said. */
  private enum Phase {
    SILENT,
    ASKED_ABOUT,
    GREETING,
    SHAKING_HANDS,
    GATHERING,
    ANSWERING,
    WRITING,
    LEAVING,
    CLOSED
  }

  /** How a connection is ended. */
  private enum Way {
    /** What the peer sent is read, and it learns that there is no more (close_notify, FIN). */
    IN_ORDER,
    /** As a program does that never read what was sent (RST); what peers of NRPE expect. */
    ABRUPTLY
  }

  // Bytes after the packet that are read only so that the answer is not lost to a reset.
  private static final int DISCARD_MOST_BYTES = 1024 * 1024;
  // A fatal alert, handshake_failure, of TLS 1.0 as RFC 5246, E.1 wants it before an agreement.
  private static final byte[] HANDSHAKE_FAILURE = {0x15, 3, 1, 0, 2, 2, 40};
  private static final byte[] NOTHING = new byte[0];

  private final PacketServer server;
  private Phase phase = Phase.SILENT;
  private final Gathered gathered;
  private int length; // Of the packet, as the handler has told.
  private int discarded;
  private boolean inputEnded;
  private boolean told;
  private boolean working; // A thread works for this.
  private @Nullable TlsSide tls;
  private boolean asksForCertificate;
  private final Deadline deadline = new Deadline();
  private @Nullable ChannelHandlerContext self;

  PacketConnection(PacketServer server) {
    this.server = server;
    gathered = new Gathered(server.budget());
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    self = ctx;
    settle();
    startDeadline(ctx, server.settings().idleTimeout(), "sent nothing within ");
    ctx.read();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (phase != Phase.SILENT && phase != Phase.LEAVING && phase != Phase.CLOSED) {
      tell(ctx, "went away before its answer was sent");
    }
    forget();
  }

  /** Leaves nothing of this connection but, until it is done, the thread that works for it. */
  private void forget() {
    enter(Phase.CLOSED);
    deadline.stop();
    gathered.clear();
  }

  private void enter(Phase next) {
    phase = next;
    settle();
  }

  private void working(boolean begins) {
    working = begins;
    settle();
  }

  /** Who is dropped for others depends on where each stands. */
  private void settle() {
    var stand =
        switch (phase) {
          case SILENT -> Stand.SILENT;
          case ASKED_ABOUT, GREETING, SHAKING_HANDS, GATHERING -> Stand.WAITED_FOR;
          case ANSWERING, WRITING -> Stand.BUSY;
          case LEAVING -> Stand.LEAVING;
          case CLOSED -> Stand.GONE;
        };
    server.line().stands(this, working ? Stand.BUSY : stand);
    server.reconsider();
  }

  /** Closes this connection for a newer one. */
  void makeRoom() {
    var ctx = requireNonNull(self);
    if (phase != Phase.LEAVING) {
      tell(ctx, "had to make room for a newer connection before it gave its packet");
    }
    forget();
    ctx.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var bytes = (ByteBuf) message;
    try {
      switch (phase) {
        case SILENT -> {
          if (keep(ctx, bytes)) {
            ask(ctx);
          }
        }
        case ASKED_ABOUT -> keep(ctx, bytes);
        case GREETING -> {
          if (keep(ctx, bytes)) {
            greet(ctx);
          }
        }
        case GATHERING -> {
          if (keep(ctx, bytes)) {
            gather(ctx);
          }
        }
        case ANSWERING, WRITING, LEAVING -> discard(ctx, bytes.readableBytes());
        case SHAKING_HANDS -> keep(ctx, bytes); // The rest of a greeting that nobody took yet.
        case CLOSED -> {}
      }
    } finally {
      bytes.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    switch (phase) {
      // While an answer is made, what else the peer sends waits in the socket.
      case ASKED_ABOUT, ANSWERING, WRITING, CLOSED -> {}
      case SILENT, GREETING, GATHERING, LEAVING -> ctx.read();
      case SHAKING_HANDS -> {
        if (tls != null) {
          ctx.read();
        }
      }
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == TlsHandler.Event.HANDSHAKEN && phase == Phase.SHAKING_HANDS) {
      enter(Phase.GATHERING);
      acknowledge(ctx);
    } else if (event == TlsHandler.Event.PEER_CLOSED
        || event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      inputEnded(ctx);
    } else if (event == Event.STOPPING && phase.compareTo(Phase.ANSWERING) < 0) {
      told = true;
      ctx.close();
    }
  }

  private void inputEnded(ChannelHandlerContext ctx) {
    switch (phase) {
      case SILENT, LEAVING -> ctx.close();
      case GREETING, SHAKING_HANDS ->
          refuse(ctx, "ended in the middle of the TLS handshake", Way.IN_ORDER);
      case GATHERING -> {
        int count = gathered.count();
        if (length < 0 && count > 0) {
          answer(ctx, gathered.take(count));
        } else {
          var all = length > 0 ? " of " + length : "";
          refuse(
              ctx,
              count == 0
                  ? "ended before it gave a packet"
                  : "ended after " + count + all + " bytes of its packet",
              Way.IN_ORDER);
        }
      }
      // Whoever ends its side may still read.
      case ASKED_ABOUT, ANSWERING, WRITING, CLOSED -> {}
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof SSLException
        && (phase == Phase.SHAKING_HANDS || phase == Phase.GATHERING)) {
      refuse(ctx, "TLS failed: " + TlsFailure.words(cause), Way.IN_ORDER);
      return;
    }
    if (phase != Phase.SILENT && phase != Phase.LEAVING) {
      tell(ctx, "went away before its answer was sent: " + cause.getMessage());
    }
    ctx.close();
  }

  /**
   * Adds to what was gathered as much as may be; the rest is thrown away.
   *
   * @return false when the connection was refused
   */
  private boolean keep(ChannelHandlerContext ctx, ByteBuf bytes) {
    int most = server.settings().maxPacketBytes();
    if (length > 0) {
      most = length; // Never more than that: gather has seen to it.
    } else if (phase != Phase.GATHERING) {
      most = Math.max(most, ClientHello.MOST_BYTES);
    }
    if (gathered.add(bytes, most)) {
      return true;
    }
    refuse(ctx, "too much is held for the packets of others", Way.ABRUPTLY);
    return false;
  }

  private void discard(ChannelHandlerContext ctx, int bytes) {
    discarded += bytes;
    if (discarded > DISCARD_MOST_BYTES) {
      ctx.close();
    }
  }

  private void ask(ChannelHandlerContext ctx) {
    if (!server.begun().take(this)) {
      refuse(ctx, server.begun().refusal(), Way.ABRUPTLY);
      return;
    }
    working(true);
    enter(Phase.ASKED_ABOUT);
    startDeadline(ctx, server.settings().packetTimeout(), "gave no whole packet within ");
    PacketThreads.ask(server.handler(), peer(ctx), ctx, refusal -> asked(ctx, refusal));
  }

  private void asked(ChannelHandlerContext ctx, Optional<String> refusal) {
    working(false);
    if (phase != Phase.ASKED_ABOUT) {
      return; // It is gone.
    }
    if (refusal.isPresent()) {
      refuse(ctx, refusal.get(), Way.ABRUPTLY);
      return;
    }
    if (server.settings().tls().isPresent()) {
      enter(Phase.GREETING);
      greet(ctx);
    } else {
      enter(Phase.GATHERING);
      gather(ctx);
    }
    if (inputEnded) {
      inputEnded(ctx);
    }
    channelReadComplete(ctx);
  }

  /** Looks at the TLS greeting, as far as it has arrived, and hands the connection on. */
  private void greet(ChannelHandlerContext ctx) {
    // Borrowed: it must outlive this, whatever a reload does meanwhile.
    var offer = server.borrowOffer();
    try {
      switch (offer.judge(gathered.bytes(), gathered.count())) {
        case UNFINISHED -> {}
        case NOT_TLS -> refuse(ctx, "does not speak TLS, which this port demands", Way.ABRUPTLY);
        case LIBRARY -> {
          asksForCertificate = offer.asksForCertificates();
          shakeHands(ctx, new TlsHandler(offer.context(), null));
        }
        case ONLY_ANONYMOUS -> greetAnonymous(ctx, offer.tls());
      }
    } finally {
      offer.release();
    }
  }

  private void greetAnonymous(ChannelHandlerContext ctx, PacketTls offered) {
    var refusal = offered.anonymousRefusal();
    if (refusal.isPresent()) {
      ctx.writeAndFlush(Unpooled.wrappedBuffer(HANDSHAKE_FAILURE));
      refuse(ctx, "offers only anonymous Diffie-Hellman; " + refusal.get(), Way.IN_ORDER);
      return;
    }
    if (!server.anonymous().take(this)) {
      refuse(ctx, server.anonymous().refusal(), Way.ABRUPTLY);
      return;
    }
    working(true);
    enter(Phase.SHAKING_HANDS);
    // Off the event loop: the JDK's TLS takes long to load.
    PacketThreads.make(
        "anonymous Diffie-Hellman",
        () -> AnonymousTls.side(offered, this::working),
        ctx,
        side -> {
          working(false);
          if (phase != Phase.SHAKING_HANDS) {
            return; // It is gone.
          }
          if (side == null) {
            refuse(ctx, "TLS cannot be set up", Way.ABRUPTLY);
          } else {
            shakeHands(ctx, side);
            channelReadComplete(ctx);
          }
        });
  }

  private void shakeHands(ChannelHandlerContext ctx, TlsSide side) {
    enter(Phase.SHAKING_HANDS);
    tls = side;
    var greeting = Unpooled.wrappedBuffer(gathered.take(gathered.count()));
    ctx.pipeline().addFirst(side);
    ctx.pipeline().fireChannelRead(greeting);
  }

  private void gather(ChannelHandlerContext ctx) {
    int most = server.settings().maxPacketBytes();
    int count = gathered.count();
    try {
      if (length <= 0) {
        length = server.handler().length(gathered.bytes(), count);
      }
      if (length > most) {
        refuse(
            ctx,
            "announces a packet of " + length + " bytes; at most " + most + " may be",
            Way.ABRUPTLY);
      } else if (length > 0 && count >= length) {
        answer(ctx, gathered.take(length));
      } else if (count >= most) {
        refuse(ctx, "sent " + count + " bytes, and still no whole packet", Way.ABRUPTLY);
      } else {
        acknowledge(ctx);
      }
    } catch (RefusedPacketException e) {
      refuse(ctx, String.valueOf(e.getMessage()), Way.ABRUPTLY);
    } catch (RuntimeException e) {
      PacketThreads.failed("the length of a packet", e);
      refuse(ctx, "its packet could not be read", Way.ABRUPTLY);
    }
  }

  /**
   * Has what arrived acknowledged now. Peers that hold small writes back until then (Nagle) would
   * else wait for the kernel's delay, 40 ms, with their packet behind the end of a TLS 1.3
   * handshake, to which nothing is answered.
   */
  private static void acknowledge(ChannelHandlerContext ctx) {
    if (ctx.channel() instanceof EpollSocketChannel channel) {
      channel.config().setTcpQuickAck(true);
    }
  }

  private void answer(ChannelHandlerContext ctx, byte[] packet) {
    working(true);
    enter(Phase.ANSWERING);
    deadline.stop();
    var session = PacketThreads.Session.of(tls, asksForCertificate);
    PacketThreads.answer(server, packet, peer(ctx), session, ctx, result -> answered(ctx, result));
  }

  private void answered(ChannelHandlerContext ctx, PacketThreads.Result result) {
    working(false);
    if (phase != Phase.ANSWERING) {
      return; // It is gone.
    }
    if (result.refusal() != null) {
      refuse(ctx, result.refusal(), Way.IN_ORDER);
      return;
    }
    var bytes = result.answer().orElse(NOTHING);
    long charged = Gathered.charge(bytes.length);
    if (!server.budget().take(charged)) {
      refuse(ctx, "too much is held for the answers of others", Way.IN_ORDER);
      return;
    }
    enter(Phase.WRITING);
    startDeadline(ctx, server.settings().closeTimeout(), "did not read its answer within ");
    ctx.write(Unpooled.wrappedBuffer(bytes));
    sayGoodbye(ctx)
        .addListener(
            written -> {
              server.budget().give(charged);
              if (written.isSuccess()) {
                leave(ctx);
              } else {
                ctx.close();
              }
            });
  }

  /** Sends what was written, and that nothing follows; done when the kernel has it. */
  private ChannelFuture sayGoodbye(ChannelHandlerContext ctx) {
    return tls != null ? tls.sayGoodbye() : ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
  }

  /** Ends the output and waits for the peer to end its own; what it sends is thrown away. */
  private void leave(ChannelHandlerContext ctx) {
    if (phase == Phase.CLOSED) {
      return;
    }
    enter(Phase.LEAVING);
    if (tls != null) {
      ctx.pipeline().remove(tls); // From here on only the end of what arrives is of interest.
      tls = null;
    }
    if (inputEnded) {
      ctx.close();
      return;
    }
    // From here on the peer's end closes; to shut the input alone throws when the peer is done too.
    ctx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
    ((DuplexChannel) ctx.channel()).shutdownOutput();
    startDeadline(ctx, server.settings().closeTimeout(), "");
    ctx.read();
  }

  private void refuse(ChannelHandlerContext ctx, String reason, Way way) {
    if (phase == Phase.CLOSED || phase == Phase.LEAVING) {
      return;
    }
    tell(ctx, reason);
    gathered.clear();
    if (way == Way.ABRUPTLY && tls == null) {
      if (ctx.channel() instanceof SocketChannel socket) {
        socket.config().setSoLinger(0);
      }
      ctx.close();
      return;
    }
    enter(Phase.WRITING);
    startDeadline(ctx, server.settings().closeTimeout(), "");
    sayGoodbye(ctx).addListener(_ -> leave(ctx));
  }

  private void tell(ChannelHandlerContext ctx, String reason) {
    if (!told) {
      told = true;
      try {
        server.handler().refused(peer(ctx), reason);
      } catch (RuntimeException e) {
        PacketThreads.failed("the report of a refusal", e);
      }
    }
  }

  private static InetSocketAddress peer(ChannelHandlerContext ctx) {
    return (InetSocketAddress) ctx.channel().remoteAddress();
  }

  /** The reason is told, the time following; an empty one is not. */
  private void startDeadline(ChannelHandlerContext ctx, Duration time, String reason) {
    deadline.start(
        ctx,
        time,
        () -> {
          if (!reason.isEmpty()) {
            tell(ctx, reason + time.toMillis() / 1_000.0 + " seconds");
          }
          told = true;
          ctx.close();
        });
  }
}
