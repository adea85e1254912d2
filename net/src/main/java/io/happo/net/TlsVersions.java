package io.happo.net;

/**
 * Which versions of TLS are spoken: from the oldest to the newest, both included. Nobody should
 * speak those before 1.2 unless a peer knows nothing better.
 */
public record TlsVersions(Version oldest, Version newest) {
  /** The versions there are, oldest first. */
  public enum Version {
    TLS_1_0(0x0301),
    TLS_1_1(0x0302),
    TLS_1_2(0x0303),
    TLS_1_3(0x0304);

    /** Its number in the protocol. */
    final int number;

    Version(int number) {
      this.number = number;
    }
  }

  /** TLS 1.2 and 1.3. */
  public static final TlsVersions MODERN = new TlsVersions(Version.TLS_1_2, Version.TLS_1_3);

  public TlsVersions {
    if (oldest.compareTo(newest) > 0) {
      throw new IllegalArgumentException(
          "the oldest version of TLS, " + oldest + ", is newer than the newest, " + newest);
    }
  }

  boolean include(Version version) {
    return version.compareTo(oldest) >= 0 && version.compareTo(newest) <= 0;
  }
}
