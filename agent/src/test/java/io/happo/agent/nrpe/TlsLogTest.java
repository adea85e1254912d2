package io.happo.agent.nrpe;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.nrpe.NrpeSettings.Logged;
import io.happo.net.PacketPeer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TlsLogTest {
  private static final InetSocketAddress ADDRESS =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.9"), 4_000);

  @ParameterizedTest
  @CsvSource({
    "0x00,''",
    "0x01,''",
    "0x02,TLS peer=192.0.2.9",
    "0x04,TLS peer=192.0.2.9 version=TLSv1.3",
    "0x08,TLS peer=192.0.2.9 cipher=TLS_AES_256_GCM_SHA384",
    "0x10,TLS peer=192.0.2.9 certificate=valid",
    "0x20,TLS peer=192.0.2.9 subject=\"CN=a\\u000ab\" issuer=\"CN=ca\"",
    "0x2c,TLS peer=192.0.2.9 version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384"
        + " subject=\"CN=a\\u000ab\" issuer=\"CN=ca\"",
  })
  void each_bit_has_its_words(String bits, String line) {
    var certificate = new PacketPeer.Certificate("CN=a\nb", "CN=ca");
    var tls = new PacketPeer.Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384", Optional.of(certificate));
    assertThat(TlsLog.of(new PacketPeer(ADDRESS, Optional.of(tls)), Logged.of(Long.decode(bits))))
        .isEqualTo(line.isEmpty() ? Optional.empty() : Optional.of(line));
  }

  @Test
  void client_without_a_certificate_is_told_as_one_and_a_plain_one_not_at_all() {
    var all = Logged.of(0x3f);
    var tls = new PacketPeer.Tls("TLSv1.2", "AES128-SHA", Optional.empty());
    assertThat(TlsLog.of(new PacketPeer(ADDRESS, Optional.of(tls)), all))
        .contains("TLS peer=192.0.2.9 version=TLSv1.2 cipher=AES128-SHA certificate=none");
    assertThat(TlsLog.of(new PacketPeer(ADDRESS, Optional.empty()), all)).isEmpty();
  }
}
