package io.happo.net;

import java.util.Map;

/** What went wrong in a TLS handshake, in words for whoever runs the server. */
final class TlsFailure {
  private static final Map<String, String> WORDS =
      Map.of(
          "NO_SHARED_CIPHER", "the client offers no cipher suite that is allowed here",
          "UNSUPPORTED_PROTOCOL", "the client offers no version of TLS that is allowed here",
          "PEER_DID_NOT_RETURN_A_CERTIFICATE",
              "the client shows no certificate, and one is required",
          "WRONG_VERSION_NUMBER", "the client does not speak TLS",
          "HTTP_REQUEST", "the client speaks HTTP without TLS",
          "UNKNOWN_CA", "the client does not know who issued our certificate",
          "CERTIFICATE_UNKNOWN", "the client does not accept our certificate",
          "BAD_CERTIFICATE", "the client does not accept our certificate");

  private TlsFailure() {}

  /** The words for a failure of the library ({@code ...:REASON}), else its own. */
  static String words(Throwable cause) {
    var message = String.valueOf(cause.getMessage());
    for (var known : WORDS.entrySet()) {
      if (message.contains(known.getKey())) {
        return known.getValue();
      }
    }
    return message.isEmpty() ? "the connection ended" : message;
  }
}
