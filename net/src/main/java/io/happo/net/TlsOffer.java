package io.happo.net;

import io.happo.net.TlsVersions.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a server of packets offers to new connections: the library's context, and which greetings
 * are for it. Holds one reference to the context until {@link #release}.
 */
final class TlsOffer {
  /** Who goes on with a client, by its greeting. */
  enum Verdict {
    /** Nobody yet: its greeting has not arrived. */
    UNFINISHED,
    /** Nobody: it does not speak TLS. */
    NOT_TLS,
    /** The library; also with what only it can refuse properly. */
    LIBRARY,
    /** It offers anonymous Diffie-Hellman, and nothing else that could be taken. */
    ONLY_ANONYMOUS
  }

  private enum Key {
    EC,
    RSA,
    ANY
  }

  /** A suite of the library; its number is of the registry of IANA. */
  private record Suite(String name, int number, Key key, Version since) {}

  // Those with a secret shared beforehand are missing: they need one that nobody has.
  private static final List<Suite> SUITES =
      List.of(
          new Suite("ECDHE-ECDSA-AES128-GCM-SHA256", 0xc02b, Key.EC, Version.TLS_1_2),
          new Suite("ECDHE-ECDSA-AES256-GCM-SHA384", 0xc02c, Key.EC, Version.TLS_1_2),
          new Suite("ECDHE-ECDSA-CHACHA20-POLY1305", 0xcca9, Key.EC, Version.TLS_1_2),
          new Suite("ECDHE-ECDSA-AES128-SHA", 0xc009, Key.EC, Version.TLS_1_0),
          new Suite("ECDHE-ECDSA-AES256-SHA", 0xc00a, Key.EC, Version.TLS_1_0),
          new Suite("ECDHE-RSA-AES128-GCM-SHA256", 0xc02f, Key.RSA, Version.TLS_1_2),
          new Suite("ECDHE-RSA-AES256-GCM-SHA384", 0xc030, Key.RSA, Version.TLS_1_2),
          new Suite("ECDHE-RSA-CHACHA20-POLY1305", 0xcca8, Key.RSA, Version.TLS_1_2),
          new Suite("ECDHE-RSA-AES128-SHA", 0xc013, Key.RSA, Version.TLS_1_0),
          new Suite("ECDHE-RSA-AES128-SHA256", 0xc027, Key.RSA, Version.TLS_1_2),
          new Suite("ECDHE-RSA-AES256-SHA", 0xc014, Key.RSA, Version.TLS_1_0),
          new Suite("AES128-GCM-SHA256", 0x009c, Key.RSA, Version.TLS_1_2),
          new Suite("AES256-GCM-SHA384", 0x009d, Key.RSA, Version.TLS_1_2),
          new Suite("AES128-SHA", 0x002f, Key.RSA, Version.TLS_1_0),
          new Suite("AES256-SHA", 0x0035, Key.RSA, Version.TLS_1_0),
          new Suite("DES-CBC3-SHA", 0x000a, Key.RSA, Version.TLS_1_0),
          new Suite("TLS_AES_128_GCM_SHA256", 0x1301, Key.ANY, Version.TLS_1_3),
          new Suite("TLS_AES_256_GCM_SHA384", 0x1302, Key.ANY, Version.TLS_1_3),
          new Suite("TLS_CHACHA20_POLY1305_SHA256", 0x1303, Key.ANY, Version.TLS_1_3));

  // TLS_DH_anon_* and TLS_ECDH_anon_*.
  private static final Set<Integer> ANONYMOUS =
      Set.of(
          0x0017, 0x0018, 0x0019, 0x001a, 0x001b, 0x0034, 0x003a, 0x0046, 0x006c, 0x006d, 0x0089,
          0x009b, 0x00a6, 0x00a7, 0x00bf, 0x00c5, 0xc015, 0xc016, 0xc017, 0xc018, 0xc019);

  private final TlsContext context;
  private final PacketTls tls;
  private final List<Suite> taken;

  /**
   * @throws IOException with a message that names what cannot be used
   */
  TlsOffer(PacketTls tls) throws IOException {
    this.tls = tls;
    context = TlsContext.server(tls);
    var names = new HashSet<>(context.suites());
    var key = tls.identity().isRsa() ? Key.RSA : Key.EC;
    taken = new ArrayList<>();
    for (var suite : SUITES) {
      boolean enabled =
          suite.since() == Version.TLS_1_3
              ? tls.versions().include(Version.TLS_1_3)
              : tls.versions().newest().compareTo(suite.since()) >= 0
                  && tls.versions().oldest() != Version.TLS_1_3
                  && names.contains(suite.name())
                  && suite.key() == key;
      if (enabled) {
        taken.add(suite);
      }
    }
    if (taken.isEmpty() && !letsAnonymousIn()) {
      context.release();
      throw new IOException(
          "no cipher suite of the list \""
              + tls.ciphers().orElse("")
              + "\" goes with a certificate whose key is "
              + (key == Key.RSA ? "RSA" : "ECDSA")
              + ", so nobody could connect; take ALL, or a certificate with another key");
    }
  }

  TlsContext context() {
    return context;
  }

  PacketTls tls() {
    return tls;
  }

  private boolean letsAnonymousIn() {
    return tls.anonymousRefusal().isEmpty();
  }

  boolean asksForCertificates() {
    return tls.clientCertificates() != PacketTls.ClientCertificates.NONE;
  }

  /**
   * Looks at a greeting.
   *
   * @param bytes what has arrived of it, from index 0
   * @param count how many bytes of it, at least 1
   */
  Verdict judge(byte[] bytes, int count) {
    var read = ClientHello.read(bytes, count);
    if (read instanceof ClientHello.Offer hello) {
      return judge(hello);
    }
    if (read instanceof ClientHello.Unfinished) {
      return Verdict.UNFINISHED;
    }
    return read instanceof ClientHello.NotTls ? Verdict.NOT_TLS : Verdict.LIBRARY;
  }

  private Verdict judge(ClientHello.Offer hello) {
    boolean anonymous = false;
    boolean tooOld = false;
    for (int number : hello.suites()) {
      if (ANONYMOUS.contains(number)) {
        anonymous = true;
      }
      for (var suite : taken) {
        if (suite.number() == number) {
          if (isNewEnough(hello.version(), suite)) {
            return Verdict.LIBRARY;
          }
          tooOld = true;
        }
      }
    }
    // Who is not let in shall hear what is really wrong: the library says that about versions.
    return anonymous && (tls.anonymousDh() || !tooOld) ? Verdict.ONLY_ANONYMOUS : Verdict.LIBRARY;
  }

  /** Whether a client of this version, by its number in the protocol, can have the suite. */
  private boolean isNewEnough(int version, Suite suite) {
    // Whoever offers a suite of TLS 1.3 speaks that; it is said elsewhere in the greeting.
    return suite.since() == Version.TLS_1_3
        || version >= Math.max(tls.versions().oldest().number, suite.since().number);
  }

  /** This, with one reference more. */
  TlsOffer retained() {
    context.retain();
    return this;
  }

  void release() {
    context.release();
  }
}
