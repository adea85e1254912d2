package io.happo.net;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The anonymous suites that the JDK has, and which of them a list of suites in OpenSSL's notation
 * (openssl-ciphers(1)) leaves. Pure.
 */
final class AnonymousSuites {
  private static final String OF_ALL = "ALL HIGH COMPLEMENTOFDEFAULT aNULL AES ";
  private static final String DH = OF_ALL + "ADH DH kDHE kEDH ";
  private static final String ECDH = OF_ALL + "AECDH ECDH kECDHE kEECDH ";

  /**
   * A suite.
   *
   * @param name of the JDK and the registry of IANA
   * @param words that stand for it in OpenSSL's notation
   */
  private record Suite(String name, Set<String> words) {}

  private static final List<Suite> ALL =
      List.of(
          suite("DH_anon_WITH_AES_256_GCM_SHA384", DH, "ADH-AES256-GCM-SHA384", "GCM 256 TLSv1.2"),
          suite("DH_anon_WITH_AES_128_GCM_SHA256", DH, "ADH-AES128-GCM-SHA256", "GCM 128 TLSv1.2"),
          suite("DH_anon_WITH_AES_256_CBC_SHA256", DH, "ADH-AES256-SHA256", "SHA256 256 TLSv1.2"),
          suite("DH_anon_WITH_AES_128_CBC_SHA256", DH, "ADH-AES128-SHA256", "SHA256 128 TLSv1.2"),
          suite("ECDH_anon_WITH_AES_256_CBC_SHA", ECDH, "AECDH-AES256-SHA", "SHA SHA1 256 TLSv1.0"),
          suite("ECDH_anon_WITH_AES_128_CBC_SHA", ECDH, "AECDH-AES128-SHA", "SHA SHA1 128 TLSv1.0"),
          suite("DH_anon_WITH_AES_256_CBC_SHA", DH, "ADH-AES256-SHA", "SHA SHA1 256 SSLv3"),
          suite("DH_anon_WITH_AES_128_CBC_SHA", DH, "ADH-AES128-SHA", "SHA SHA1 128 SSLv3"));

  private AnonymousSuites() {}

  private static Suite suite(String name, String kind, String openssl, String properties) {
    var words = kind + openssl + " " + properties.replace("GCM", "AESGCM");
    words = words.replace(" 256", " AES256").replace(" 128", " AES128");
    return new Suite("TLS_" + name, Set.of(words.split(" ", -1)));
  }

  /** Those that a list leaves, by their names in the JDK; all when there is no list. */
  static List<String> of(Optional<String> list) {
    if (list.isEmpty()) {
      return ALL.stream().map(Suite::name).toList();
    }
    var left = new ArrayList<Suite>();
    var never = new HashSet<Suite>();
    for (var part : list.get().split("[:, ;]|(?=@)", -1)) {
      var words =
          part.isEmpty() ? part : part.substring("!-+@".indexOf(part.charAt(0)) >= 0 ? 1 : 0);
      for (var suite : ALL) {
        if (words.isEmpty()
            || !suite.words().containsAll(Set.copyOf(List.of(words.split("\\+", -1))))) {
          continue;
        }
        switch (part.charAt(0)) {
          case '!' -> {
            left.remove(suite);
            never.add(suite);
          }
          case '-' -> left.remove(suite);
          case '+', '@' -> {} // Changes the order, or names no suite.
          default -> {
            if (!never.contains(suite) && !left.contains(suite)) {
              left.add(suite);
            }
          }
        }
      }
    }
    return left.stream().map(Suite::name).toList();
  }
}
