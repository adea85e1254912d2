package io.happo.net;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server of any protocol, plain until {@link #startTls}; also over a socket of
 * the Unix domain. The server is not judged: who asked may look at {@link #certificates} and have
 * {@link CertificateJudge} judge them.
 *
 * <p>Calls block; of one thread, but for {@link #close}. The deadline is for everything until the
 * connection is closed: when it is over, what waits fails with {@link SocketTimeoutException}; when
 * the thread is interrupted, with {@link java.io.InterruptedIOException}, and the thread stays
 * interrupted. Either ends the connection. Other failures tell the system's or the library's
 * reason.
 */
public final class ClientSocket implements Closeable {
  private static final Deadlines DEADLINES = new Deadlines("happo-socket-deadlines");
  private static final byte[] NOTHING = new byte[0];

  private final SocketChannel channel;
  private final Connection connection;
  private final Input input = new Input();
  private final OutputStream output = new Output();

  private ClientSocket(SocketChannel channel) {
    this.channel = channel;
    connection = new Connection(channel, DEADLINES);
  }

  /**
   * Connects.
   *
   * @param address of IP or of the Unix domain
   * @param deadline for all that is done with this connection
   * @throws java.net.ConnectException when nobody listens there
   * @throws SocketTimeoutException when the deadline is over
   */
  public static ClientSocket connect(SocketAddress address, Duration deadline) throws IOException {
    var socket =
        new ClientSocket(
            address instanceof InetSocketAddress
                ? SocketChannel.open()
                : SocketChannel.open(StandardProtocolFamily.UNIX));
    try {
      socket.connection.mustEndWithin(deadline);
      if (address instanceof InetSocketAddress) {
        socket.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
      socket.channel.connect(address);
      return socket;
    } catch (IOException e) {
      var failure = socket.failure(e);
      socket.connection.close();
      throw failure;
    } catch (UnsupportedAddressTypeException e) {
      socket.connection.close();
      throw new ConnectException("this machine has no addresses of that family");
    }
  }

  /** Sets the deadline anew, from now on. */
  public void mustEndWithin(Duration time) {
    connection.mustEndWithin(time);
  }

  /** What the server sends. At its end also when TLS was not ended in good order. */
  public InputStream input() {
    return input;
  }

  /** What the server is sent. Not buffered: each write goes out as it is. */
  public OutputStream output() {
    return output;
  }

  /** The address that it is connected to. */
  public SocketAddress address() throws IOException {
    return channel.getRemoteAddress();
  }

  /**
   * Goes on in TLS, until the handshake is done. What the server has sent before that must have
   * been read: anything behind it came from who knows whom (CVE-2011-0411).
   *
   * @param serverName what the server is asked for (SNI); null when it is not to be told
   * @param identity shown to a server that asks for a client certificate
   * @throws SSLException when it fails, or the server closes the connection meanwhile; also when
   *     something is left unread, which somebody between may have put there (RFC 3207, 6)
   */
  public void startTls(
      @Nullable String serverName, TlsVersions versions, Optional<Identity> identity)
      throws IOException {
    if (input.hasUnread()) {
      throw new SSLException("the server sends more in plain text where TLS has to begin");
    }
    var context = TlsContext.client(identity, versions);
    try {
      boolean hasName = serverName != null && !Addresses.isLiteral(serverName);
      connection.secure(new NativeSide(context, hasName ? serverName : null), NOTHING);
    } catch (Connection.HandshakeEndedException e) {
      throw new SSLException("the server closed the connection during the TLS handshake", e);
    } catch (IOException e) {
      throw failure(e);
    } finally {
      context.release();
    }
  }

  private TlsSide tls() {
    return Objects.requireNonNull(connection.tls(), "no TLS");
  }

  /** The version of TLS that was agreed on, as {@code TLSv1.3}. */
  public String tlsVersion() {
    return tls().version();
  }

  /** The cipher suite that was agreed on, by OpenSSL's name. */
  public String cipher() {
    return tls().cipher();
  }

  /**
   * The certificates that the server showed, its own first; not judged.
   *
   * @throws CertificateException when it showed none, or one that cannot be understood
   */
  public List<X509Certificate> certificates() throws CertificateException {
    return CertificateJudge.parse(tls().peerChain());
  }

  private IOException failure(IOException cause) {
    if (connection.isExpired()) {
      var timeout = new SocketTimeoutException("the deadline is over");
      timeout.initCause(cause);
      return timeout;
    }
    return Thread.currentThread().isInterrupted() ? Resolver.interrupted(cause) : cause;
  }

  private final class Input extends InputStream {
    private byte[] bytes = NOTHING;
    private int taken;

    @Override
    public int read() throws IOException {
      return hasMore() ? bytes[taken++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int from, int most) throws IOException {
      Objects.checkFromIndexSize(from, most, into.length);
      if (most == 0) {
        return 0;
      }
      if (!hasMore()) {
        return -1;
      }
      int count = Math.min(most, bytes.length - taken);
      System.arraycopy(bytes, taken, into, from, count);
      taken += count;
      return count;
    }

    boolean hasUnread() {
      return taken < bytes.length;
    }

    private boolean hasMore() throws IOException {
      if (hasUnread()) {
        return true;
      }
      try {
        var next = connection.read();
        bytes = next == null ? NOTHING : next;
        taken = 0;
        return next != null;
      } catch (IOException e) {
        throw failure(e);
      }
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int single) throws IOException {
      write(new byte[] {(byte) single}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      Objects.checkFromIndexSize(from, count, bytes.length);
      try {
        connection.write(Arrays.copyOfRange(bytes, from, from + count));
      } catch (IOException e) {
        throw failure(e);
      }
    }
  }

  /** Tells the server that nothing follows, as far as that can be done at once, and closes. */
  @Override
  public void close() {
    try {
      connection.endOutput();
    } catch (IOException e) {
      // It is gone already.
    }
    connection.close();
  }
}
