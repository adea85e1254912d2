package io.happo.net;

import java.io.IOException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;

/**
 * The connection of one exchange: shakes hands, checks the peer, sends the request, reads the
 * answer. Whatever fails is told in words that name the peer.
 */
final class ClientConnection {
  private static final byte[] NOTHING = new byte[0];

  private final ClientExchange exchange;
  private final Connection connection;
  private final MessageReader reader;

  ClientConnection(ClientExchange exchange, Connection connection) {
    this.exchange = exchange;
    this.connection = connection;
    reader =
        new MessageReader(exchange, HttpsClient.MAX_HEADER_BYTES, HttpsClient.MAX_RESPONSE_BYTES);
  }

  /** Shakes hands and decides whether this is a peer to talk to. */
  void secure(TlsContext context, PeerCheck check) throws IOException {
    var host = exchange.destination().host();
    var tls = new NativeSide(context, Addresses.isLiteral(host) ? null : host);
    try {
      connection.secure(tls, NOTHING);
    } catch (SSLException e) {
      throw new SSLException(exchange.destination() + ": " + explained(e), e);
    } catch (Connection.HandshakeEndedException e) {
      throw new SSLException(
          exchange.destination()
              + " closed the connection during the TLS handshake; does it speak TLS there?",
          e);
    } catch (IOException e) {
      throw broken(e);
    }
    try {
      check.check(tls.peerChain(), exchange.destination());
    } catch (CertificateException e) {
      throw new SSLException(
          exchange.destination() + " is not to be trusted: " + e.getMessage(), e);
    }
  }

  /** Sends the request and returns the whole answer. */
  ClientExchange.Answer ask() throws IOException {
    try {
      connection.write(exchange.bytes());
      while (true) {
        var bytes = connection.read();
        if (bytes == null) {
          return ended();
        }
        reader.add(bytes);
        for (var message = reader.next(); message != null; message = reader.next()) {
          int status = ClientExchange.status(message.startLine());
          if (status >= 200 || status == 101) {
            return answer(status, message);
          }
        }
      }
    } catch (MalformedMessageException e) {
      throw new IOException(
          exchange.destination() + " answered what cannot be understood: " + e.getMessage(), e);
    } catch (SSLException e) {
      throw new SSLException(exchange.destination() + ": " + explained(e), e);
    } catch (AnsweredBadlyException e) {
      throw e;
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private ClientExchange.Answer answer(int status, MessageReader.Message message)
      throws AnsweredBadlyException {
    if (status != 101) {
      return new ClientExchange.Answer(status, message.headers(), message.body(), null);
    }
    if (exchange.webSocket().isEmpty()) {
      throw new AnsweredBadlyException(
          exchange.destination() + " switched protocols without being asked to");
    }
    connection.mayTakeLong();
    var socket =
        new WebSocketConnection(
            connection,
            false,
            exchange.webSocket().get(),
            message.headers().first("Sec-WebSocket-Protocol"),
            reader.rest(),
            new ByteBudget(Long.MAX_VALUE));
    return new ClientExchange.Answer(status, message.headers(), message.body(), socket);
  }

  private ClientExchange.Answer ended() throws AnsweredBadlyException, MalformedMessageException {
    // Without the peer's goodbye somebody in between may have cut the end off (RFC 8446, 6.1).
    var tls = connection.tls();
    var last = tls == null || tls.isEnded() ? reader.end() : null;
    if (last != null) {
      return answer(ClientExchange.status(last.startLine()), last);
    }
    throw new AnsweredBadlyException(
        exchange.destination()
            + (reader.hasBegun()
                ? " closed the connection in the middle of its answer"
                : " closed the connection without an answer"));
  }

  /** What is wrong is told already. */
  private static final class AnsweredBadlyException extends IOException {
    AnsweredBadlyException(String message) {
      super(message);
    }
  }

  private IOException broken(IOException cause) {
    return new IOException(
        exchange.destination() + " broke the connection off: " + SocketFailure.words(cause), cause);
  }

  private static String explained(SSLException cause) {
    var reason = String.valueOf(cause.getMessage());
    if (reason.contains("WRONG_VERSION_NUMBER") || reason.contains("HTTP_REQUEST")) {
      return "does not speak TLS there; check the port, or ask with http://";
    }
    if (reason.contains("CERTIFICATE_REQUIRED") || reason.contains("PEER_DID_NOT_RETURN")) {
      return "demands a client certificate, and none was shown";
    }
    if (reason.contains("ALERT_UNKNOWN_CA")
        || reason.contains("CERTIFICATE_UNKNOWN")
        || reason.contains("BAD_CERTIFICATE")) {
      return "does not accept our client certificate (" + reason + ")";
    }
    if (reason.contains("PROTOCOL_VERSION") || reason.contains("UNSUPPORTED_PROTOCOL")) {
      return "speaks neither TLS 1.2 nor 1.3 (" + reason + ")";
    }
    return "TLS failed: " + (reason.isEmpty() ? "no reason given" : reason);
  }
}
