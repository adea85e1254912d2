package io.happo.net;

import io.netty.internal.tcnative.CertificateVerifier;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What many connections share: identity, protocols (TLS 1.2 and 1.3), cipher suites. Counted,
 * because native memory must outlive the last connection: made with one reference, and each
 * connection holds one. No session is resumed and no ticket given: it would cost memory and no peer
 * of ours asks for it.
 */
final class TlsContext {
  // The original offers these two for TLS 1.2; clients that pin their suites expect them and
  // nothing weaker.
  private static final String TLS12_SUITES =
      "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256";

  // What the library has that needs no secret shared beforehand; the first are the best.
  private static final String COMPATIBLE_SUITES = "ALL:!3DES:!PSK:!aPSK";

  // One of OpenSSL's levels of security, which BoringSSL does not have; lists of NRPE end with one.
  private static final String OPENSSL_LEVEL = ":?@SECLEVEL=[0-5]";
  private static final int MAX_CHAIN = 10;

  private final long address;
  private final boolean server;
  private int references = 1;
  private long chain;
  private long key;

  private TlsContext(boolean server, TlsVersions versions, String suites) throws IOException {
    this.server = server;
    NativeTls.need();
    try {
      address =
          SSLContext.make(SSL.SSL_PROTOCOL_ALL, server ? SSL.SSL_MODE_SERVER : SSL.SSL_MODE_CLIENT);
      SSLContext.setMode(
          address, SSLContext.getMode(address) | SSL.SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
      SSLContext.setOptions(
          address,
          SSL.SSL_OP_NO_SSLv2 | SSL.SSL_OP_NO_SSLv3 | SSL.SSL_OP_NO_TICKET | without(versions));
      SSLContext.setCipherSuite(address, suites, false);
      SSLContext.setSessionCacheMode(address, SSL.SSL_SESS_CACHE_OFF);
    } catch (Exception e) {
      SSL.clearError();
      throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  private static int without(TlsVersions versions) {
    int options = 0;
    for (var version : TlsVersions.Version.values()) {
      if (!versions.include(version)) {
        options |=
            switch (version) {
              case TLS_1_0 -> SSL.SSL_OP_NO_TLSv1;
              case TLS_1_1 -> SSL.SSL_OP_NO_TLSv1_1;
              case TLS_1_2 -> SSL.SSL_OP_NO_TLSv1_2;
              case TLS_1_3 -> SSL.SSL_OP_NO_TLSv1_3;
            };
      }
    }
    return options;
  }

  /**
   * The context of a server.
   *
   * @param clientCa authorities of client certificates; when present every client must show a
   *     certificate of theirs
   */
  static TlsContext server(Identity identity, Optional<Path> clientCa) throws IOException {
    var authorities = clientCa.isPresent() ? CertificateJudge.read(clientCa.get()) : null;
    var context = new TlsContext(true, TlsVersions.MODERN, TLS12_SUITES);
    try {
      context.show(identity);
      if (authorities != null) {
        context.demand(authorities, SSL.SSL_CVERIFY_REQUIRED);
      }
      return context;
    } catch (SSLException e) {
      context.release();
      throw e;
    }
  }

  /**
   * The context of a server of packets. Its client certificates are judged as those of any other;
   * one that is not good is refused, also where none had to be shown.
   *
   * @throws IOException with a message that names what cannot be used
   */
  static TlsContext server(PacketTls tls) throws IOException {
    boolean asks = tls.clientCertificates() != PacketTls.ClientCertificates.NONE;
    var authorities =
        asks && tls.clientCa().isPresent() ? CertificateJudge.read(tls.clientCa().get()) : null;
    var suites =
        tls.ciphers().map(list -> list.replaceAll(OPENSSL_LEVEL, "")).orElse(COMPATIBLE_SUITES);
    TlsContext context;
    try {
      context = new TlsContext(true, tls.versions(), suites);
    } catch (IOException e) {
      throw tls.ciphers().isEmpty()
          ? e
          : new IOException(
              "the TLS library (BoringSSL) knows no cipher suite of the list \""
                  + tls.ciphers().get()
                  + "\", or not how it is written ("
                  + e.getMessage()
                  + "); take ALL, or names as `openssl ciphers` shows them, joined by colons",
              e);
    }
    try {
      context.show(tls.identity());
      if (authorities != null) {
        context.demand(
            authorities,
            tls.clientCertificates() == PacketTls.ClientCertificates.REQUIRE
                ? SSL.SSL_CVERIFY_REQUIRED
                : SSL.SSL_CVERIFY_OPTIONAL);
      }
      return context;
    } catch (SSLException e) {
      context.release();
      throw e;
    }
  }

  /** The context of a client; what the peer shows is judged by the caller, after the handshake. */
  static TlsContext client(Optional<Identity> identity) throws IOException {
    return client(identity, TlsVersions.MODERN, TLS12_SUITES);
  }

  /** As {@link #client(Optional)}, for servers of which nothing is known. */
  static TlsContext client(Optional<Identity> identity, TlsVersions versions) throws IOException {
    return client(identity, versions, COMPATIBLE_SUITES);
  }

  private static TlsContext client(Optional<Identity> identity, TlsVersions versions, String suites)
      throws IOException {
    var context = new TlsContext(false, versions, suites);
    // The library accepts no certificate by itself. The real judgement needs the name that was
    // asked for, which is not
    // known here; ClientConnection gives it right after the handshake, before it sends anything.
    context.verifyBy(null);
    if (identity.isPresent()) {
      try {
        context.show(identity.get());
      } catch (SSLException e) {
        context.release();
        throw e;
      }
    }
    return context;
  }

  /** A new connection's native state; the caller frees it and then releases this context. */
  synchronized long newConnection() throws SSLException {
    if (references == 0) {
      throw new SSLException("this identity is no longer in use");
    }
    long ssl = SSL.newSSL(address, server);
    if (chain != 0) {
      try {
        SSL.setKeyMaterial(ssl, chain, key);
      } catch (Exception e) {
        SSL.freeSSL(ssl);
        SSL.clearError();
        var reason = String.valueOf(e.getMessage());
        throw new SSLException(
            reason.contains("MISMATCH")
                ? "the private key does not belong to the certificate"
                : "the certificate cannot be used (" + reason + ")",
            e);
      }
    }
    references++;
    return ssl;
  }

  /** The cipher suites up to TLS 1.2, by OpenSSL's names. */
  Set<String> suites() throws SSLException {
    long ssl = newConnection();
    try {
      return Set.of(SSL.getCiphers(ssl));
    } finally {
      SSL.freeSSL(ssl);
      release();
    }
  }

  boolean isServer() {
    return server;
  }

  private void show(Identity identity) throws SSLException {
    long certificateBio = NativeTls.bio(identity.certificatePem());
    long keyBio = NativeTls.bio(identity.keyPem());
    try {
      chain = parsed("the certificate cannot be parsed", () -> SSL.parseX509Chain(certificateBio));
      key = parsed("the private key cannot be parsed", () -> SSL.parsePrivateKey(keyBio, null));
    } finally {
      SSL.clearError();
      SSL.freeBIO(certificateBio);
      SSL.freeBIO(keyBio);
    }
    // What does not fit together fails here and not with the first connection.
    SSL.freeSSL(newConnection());
    release();
  }

  private static long parsed(String failure, Callable<Long> parser) throws SSLException {
    SSL.clearError(); // Of connections that this thread has served.
    try {
      long parsed = parser.call();
      if (parsed != 0) {
        return parsed;
      }
      throw new SSLException(failure);
    } catch (SSLException e) {
      throw e;
    } catch (Exception e) {
      throw new SSLException(failure + " (" + e.getMessage() + ")", e);
    }
  }

  private void demand(CertificateJudge authorities, int mode) {
    long names = NativeTls.bio(authorities.pem());
    SSLContext.setCACertificateBio(address, names);
    SSL.freeBIO(names);
    SSLContext.setVerify(address, mode, MAX_CHAIN);
    verifyBy(chain -> authorities.check(chain, CertificateJudge.CLIENT));
  }

  /** Accepts or refuses the certificates of a peer, DER, its own first. */
  @FunctionalInterface
  private interface Verdict {
    void on(byte[][] chain) throws CertificateException;
  }

  private void verifyBy(@Nullable Verdict verdict) {
    SSLContext.setCertVerifyCallback(
        address,
        new CertificateVerifier() {
          @Override
          public int verify(long ssl, byte[][] chain, @Nullable String algorithm) {
            try {
              if (verdict != null) {
                verdict.on(chain);
              }
              return X509_V_OK;
            } catch (CertificateException e) {
              NativeTls.refuse(e.getMessage());
              return X509_V_ERR_CERT_UNTRUSTED;
            }
          }
        });
  }

  /** Takes one more reference. */
  synchronized void retain() {
    references++;
  }

  /** Gives one reference back; the last one frees the native memory. */
  synchronized void release() {
    if (--references > 0) {
      return;
    }
    SSLContext.free(address);
    if (chain != 0) {
      SSL.freeX509Chain(chain);
    }
    if (key != 0) {
      SSL.freePrivateKey(key);
    }
  }
}
