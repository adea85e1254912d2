package io.happo.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The counts are those of {@code openssl ciphers -s -tls1_2 -v}, without Camellia and ARIA. */
final class AnonymousSuitesTest {
  @ParameterizedTest
  @CsvSource({
    "ALL:!MD5:@STRENGTH:@SECLEVEL=0, 8",
    "ALL:!ADH, 2",
    "ALL:!aNULL, 0",
    "ALL:-aNULL, 0",
    "ALL:-aNULL:AECDH, 2",
    "ALL:!aNULL:AECDH, 0",
    "ADH, 6",
    "ADH@SECLEVEL=0, 6",
    "ADH+AESGCM, 2",
    "aNULL+AES256:!SHA1, 2",
    "HIGH:!kECDHE, 6",
    "ADH-AES256-SHA:AES128-SHA, 1",
    "ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES128-SHA, 0",
    "DEFAULT, 0",
    "COMPLEMENTOFDEFAULT, 8",
    "EECDH+AESGCM:EDH+AESGCM, 0",
    "'ALL,+aNULL', 8",
    "'', 0",
  })
  void list_leaves_so_many_anonymous_suites(String list, int count) {
    assertThat(AnonymousSuites.of(Optional.of(list))).hasSize(count).doesNotHaveDuplicates();
  }

  @Test
  void all_are_left_without_a_list() {
    assertThat(AnonymousSuites.of(Optional.empty()))
        .hasSize(8)
        .contains("TLS_DH_anon_WITH_AES_256_GCM_SHA384", "TLS_ECDH_anon_WITH_AES_128_CBC_SHA");
  }
}
