package io.happo.net;

import io.happo.net.Connection.HandshakeEndedException;
import io.happo.net.WaitingLine.Stand;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * One connection of a {@link PacketServer}, on a thread of its own: silent, asked about, greeted
 * (TLS), gathering its packet, answered, and ended in order.
 */
final class PacketConnection {
  /** It gets no answer; what it is told is nothing, and who runs the server is told why. */
  private static final class RefusedException extends Exception {
    private final boolean abruptly;

    private RefusedException(String reason, boolean abruptly) {
      super(reason, null, false, false);
      this.abruptly = abruptly;
    }
  }

  // Bytes after the packet that are read only so that the answer is not lost to a reset.
  private static final int DISCARD_MOST_BYTES = 1024 * 1024;
  // A fatal alert, handshake_failure, of TLS 1.0 as RFC 5246, E.1 wants it before an agreement.
  private static final byte[] HANDSHAKE_FAILURE = {0x15, 3, 1, 0, 2, 2, 40};
  private static final byte[] NOTHING = new byte[0];

  private final PacketServer server;
  private final PacketServerSettings settings;
  private final PacketHandler handler;
  private final Connection connection;
  private final InetSocketAddress peer;
  private final Gathered gathered;
  private boolean silent = true;
  private boolean asksForCertificate;
  private String late = ""; // What is told when the deadline passes; the time follows.
  private Duration lateAfter = Duration.ZERO;
  private boolean told; // Under this, as the next.
  private boolean answering;

  PacketConnection(PacketServer server, Connection connection) throws IOException {
    this.server = server;
    this.connection = connection;
    settings = server.settings();
    handler = server.handler();
    peer = connection.peer();
    gathered = new Gathered(server.budget());
  }

  /** Serves until the connection ends. */
  void serve() {
    try {
      var packet = packet();
      if (packet.isPresent()) {
        server.stands(this, Stand.BUSY);
        if (beginAnswer()) {
          answer(packet.get());
          leave();
        }
      }
    } catch (RefusedException e) {
      refuse(e);
    } catch (IOException e) {
      if (connection.isExpired()) {
        if (!late.isEmpty()) {
          tell(late + lateAfter.toMillis() / 1_000.0 + " seconds");
        }
      } else if (!silent) {
        tell("went away before its answer was sent");
      }
    } finally {
      gathered.clear();
      server.stands(this, Stand.GONE);
    }
  }

  /** Closes it unless its answer is being made. By any thread, when the server stops. */
  void stop() {
    synchronized (this) {
      if (answering) {
        return;
      }
      told = true;
    }
    connection.close();
  }

  /** Closes it for a newer one. By any thread. */
  void makeRoom() {
    tell("had to make room for a newer connection before it gave its packet");
    connection.close();
  }

  private synchronized boolean beginAnswer() {
    answering = true;
    return !told && !server.isStopping(); // What was told: that it had to make room.
  }

  private void mustEndWithin(Duration time, String otherwise) {
    late = otherwise;
    lateAfter = time;
    connection.mustEndWithin(time);
  }

  /** The whole packet; empty when the peer went without a word. */
  private Optional<byte[]> packet() throws IOException, RefusedException {
    server.stands(this, Stand.SILENT);
    mustEndWithin(settings.idleTimeout(), "sent nothing within ");
    var first = connection.read();
    if (first == null) {
      return Optional.empty();
    }
    silent = false;
    mustEndWithin(settings.packetTimeout(), "gave no whole packet within ");
    abrupt(server.line().begin(this));
    abrupt(refusal());
    server.stands(this, Stand.WAITED_FOR);
    if (settings.tls().isPresent()) {
      greet(first);
      connection.acknowledge();
    } else {
      keep(first, settings.maxPacketBytes());
    }
    return Optional.of(gather());
  }

  private static void abrupt(Optional<String> refusal) throws RefusedException {
    if (refusal.isPresent()) {
      throw new RefusedException(refusal.get(), true);
    }
  }

  private Optional<String> refusal() {
    try {
      return handler.refusal(peer);
    } catch (RuntimeException e) {
      failed("whether " + peer + " may ask", e);
      return Optional.of("whether it may ask could not be found out");
    }
  }

  /** Adds what arrived, up to so many bytes in all; the rest is thrown away. */
  private void keep(byte[] bytes, int most) throws RefusedException {
    if (!gathered.add(bytes, most)) {
      throw new RefusedException("too much is held for the packets of others", true);
    }
  }

  /** Looks at the TLS greeting and shakes hands as it wants. */
  private void greet(byte[] first) throws IOException, RefusedException {
    var bytes = first;
    // Borrowed: it must outlive this, whatever a reload does meanwhile.
    var offer = server.borrowOffer();
    try {
      while (true) {
        if (bytes == null) {
          throw new RefusedException("ended in the middle of the TLS handshake", false);
        }
        keep(bytes, Math.max(settings.maxPacketBytes(), ClientHello.MOST_BYTES));
        switch (offer.judge(gathered.bytes(), gathered.count())) {
          case UNFINISHED -> bytes = connection.read();
          case NOT_TLS ->
              throw new RefusedException("does not speak TLS, which this port demands", true);
          case LIBRARY -> {
            asksForCertificate = offer.asksForCertificates();
            shakeHands(new NativeSide(offer.context(), null));
            return;
          }
          case ONLY_ANONYMOUS -> {
            greetAnonymous(offer.tls());
            return;
          }
        }
      }
    } finally {
      offer.release();
    }
  }

  private void greetAnonymous(PacketTls offered) throws IOException, RefusedException {
    var refusal = offered.anonymousRefusal();
    if (refusal.isPresent()) {
      connection.write(HANDSHAKE_FAILURE);
      throw new RefusedException("offers only anonymous Diffie-Hellman; " + refusal.get(), false);
    }
    abrupt(server.line().beginAnonymous(this));
    TlsSide side;
    try {
      // While a thread works for it, it keeps its place: so threads are bounded too.
      side =
          new AnonymousTls(
              offered, busy -> server.stands(this, busy ? Stand.BUSY : Stand.WAITED_FOR));
    } catch (RuntimeException | LinkageError e) {
      failed("anonymous Diffie-Hellman", e);
      throw new RefusedException("TLS cannot be set up", true);
    }
    server.stands(this, Stand.WAITED_FOR);
    shakeHands(side);
  }

  private void shakeHands(TlsSide side) throws IOException, RefusedException {
    try {
      connection.secure(side, gathered.take(gathered.count()));
    } catch (SSLException e) {
      throw tlsFailed(e);
    } catch (HandshakeEndedException e) {
      throw new RefusedException(String.valueOf(e.getMessage()), false);
    }
  }

  private static RefusedException tlsFailed(SSLException cause) {
    return new RefusedException("TLS failed: " + TlsFailure.words(cause), false);
  }

  /** Reads on until the packet is whole. */
  private byte[] gather() throws IOException, RefusedException {
    int most = settings.maxPacketBytes();
    int length = 0;
    while (true) {
      int count = gathered.count();
      if (count > 0) {
        if (length <= 0) {
          length = length();
        }
        if (length > most) {
          throw new RefusedException(
              "announces a packet of " + length + " bytes; at most " + most + " may be", true);
        }
        if (length > 0 && count >= length) {
          return gathered.take(length);
        }
        if (count >= most) {
          throw new RefusedException("sent " + count + " bytes, and still no whole packet", true);
        }
        connection.acknowledge();
      }
      byte[] bytes;
      try {
        bytes = connection.read();
      } catch (SSLException e) {
        throw tlsFailed(e);
      }
      if (bytes == null) {
        if (length < 0) {
          return gathered.take(count);
        }
        throw new RefusedException(
            count == 0
                ? "ended before it gave a packet"
                : "ended after "
                    + count
                    + (length > 0 ? " of " + length : "")
                    + " bytes of its packet",
            false);
      }
      keep(bytes, length > 0 ? length : most);
    }
  }

  private int length() throws RefusedException {
    try {
      return handler.length(gathered.bytes(), gathered.count());
    } catch (RefusedPacketException e) {
      throw new RefusedException(String.valueOf(e.getMessage()), true);
    } catch (RuntimeException e) {
      failed("the length of a packet", e);
      throw new RefusedException("its packet could not be read", true);
    }
  }

  private void answer(byte[] packet) throws IOException, RefusedException {
    connection.mayTakeLong();
    var bytes = answerTo(packet);
    long charged = Gathered.charge(bytes.length);
    if (!server.budget().take(charged)) {
      throw new RefusedException("too much is held for the answers of others", false);
    }
    try {
      mustEndWithin(settings.closeTimeout(), "did not read its answer within ");
      if (bytes.length > 0) {
        connection.write(bytes);
      }
      connection.endOutput();
    } finally {
      server.budget().give(charged);
    }
  }

  private byte[] answerTo(byte[] packet) throws RefusedException {
    long charged = Gathered.charge(packet.length);
    server.budget().add(charged);
    try {
      return handler.answer(packet, packetPeer()).orElse(NOTHING);
    } catch (RefusedPacketException e) {
      throw new RefusedException(String.valueOf(e.getMessage()), false);
    } catch (Exception e) {
      failed("the answer to a packet", e);
      throw new RefusedException("its answer could not be made", false);
    } finally {
      server.budget().give(charged);
    }
  }

  private PacketPeer packetPeer() throws CertificateException {
    var tls = connection.tls();
    if (tls == null) {
      return new PacketPeer(peer, Optional.empty());
    }
    var shown = asksForCertificate ? tls.peerCertificate() : null;
    Optional<PacketPeer.Certificate> certificate =
        shown == null ? Optional.empty() : Optional.of(CertificateJudge.names(shown));
    return new PacketPeer(
        peer, Optional.of(new PacketPeer.Tls(tls.version(), tls.cipher(), certificate)));
  }

  /** Waits for the peer to end its side too; what it sends is thrown away. */
  private void leave() throws IOException {
    synchronized (this) {
      told = true;
    }
    server.stands(this, Stand.LEAVING);
    connection.mustEndWithin(settings.closeTimeout());
    connection.discard(DISCARD_MOST_BYTES);
  }

  private void refuse(RefusedException refusal) {
    tell(String.valueOf(refusal.getMessage()));
    gathered.clear();
    if (refusal.abruptly && connection.tls() == null) {
      connection.abort();
      return;
    }
    try {
      connection.mustEndWithin(settings.closeTimeout());
      connection.endOutput();
      leave();
    } catch (IOException e) {
      // It is gone.
    }
  }

  private void tell(String reason) {
    synchronized (this) {
      if (told) {
        return;
      }
      told = true;
    }
    try {
      handler.refused(peer, reason);
    } catch (RuntimeException e) {
      failed("the report of a refusal", e);
    }
  }

  private static void failed(String what, Throwable cause) {
    System.getLogger("io.happo.net")
        .log(System.Logger.Level.ERROR, "a server of packets failed: " + what, cause);
  }
}
