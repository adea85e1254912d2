package io.happo.net;

import io.happo.net.MessageReader.Framing;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request of a client. */
record ClientExchange(
    Destination destination,
    String method,
    Headers headers,
    byte[] body,
    Optional<WebSocketSettings> webSocket)
    implements MessageReader.FramingRule {
  /** The answer to it; with the open conversation when it is 101. */
  record Answer(int status, Headers headers, byte[] body, @Nullable WebSocket webSocket) {}

  /** The whole request as it goes over the wire. */
  byte[] bytes() {
    if (!Characters.isToken(method)) {
      throw new IllegalArgumentException("no method: " + method);
    }
    var head = new StringBuilder(256);
    head.append(method).append(' ').append(destination.target()).append(" HTTP/1.1\r\n");
    if (headers.first("Host").isEmpty()) {
      AnswerHead.append(head, "Host", destination.hostField());
    }
    for (var field : headers.fields()) {
      if (!field.getKey().equalsIgnoreCase("Content-Length")) {
        AnswerHead.append(head, field.getKey(), field.getValue());
      }
    }
    if (body.length > 0 || method.equals("POST") || method.equals("PUT")) {
      AnswerHead.append(head, "Content-Length", Integer.toString(body.length));
    }
    if (webSocket.isEmpty()) {
      AnswerHead.append(head, "Connection", "close");
    }
    var bytes = new ByteArrayOutputStream(head.length() + 2 + body.length);
    bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
    bytes.writeBytes(body);
    return bytes.toByteArray();
  }

  /** How the answer's body is framed (RFC 9112, 6.3). */
  @Override
  public Framing of(String statusLine, Headers fields) throws MalformedMessageException {
    int status = status(statusLine);
    if (method.equals("HEAD") || AnswerHead.isBodiless(status)) {
      return new Framing.Length(0);
    }
    var framing = MessageReader.framing(fields);
    return framing == null ? new Framing.UntilEnd() : framing;
  }

  static int status(String statusLine) throws MalformedMessageException {
    boolean good =
        (statusLine.startsWith("HTTP/1.1 ") || statusLine.startsWith("HTTP/1.0 "))
            && statusLine.length() >= 12
            && Characters.all(statusLine.substring(9, 12), Characters::isDigit)
            && statusLine.charAt(9) >= '1'
            && statusLine.charAt(9) <= '5'
            && (statusLine.length() == 12 || statusLine.charAt(12) == ' ');
    if (!good) {
      throw new MalformedMessageException(502, "its answer is no HTTP/1.1");
    }
    return Integer.parseInt(statusLine, 9, 12, 10);
  }
}
