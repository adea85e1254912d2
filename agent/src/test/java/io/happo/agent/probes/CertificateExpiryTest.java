package io.happo.agent.probes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateExpiryTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CN=a.test|a.test",
        "O=x,CN=a.test,C=DE|a.test",
        "OU=x+CN=a.test,C=DE|a.test",
        "CN=a\\,b\\+c\\\\,O=x|a,b+c\\",
        "O=x\\,CN=wanted.test,CN=a.test|a.test",
        "O=x\\,CN=wanted.test|Unknown CN",
        "O=x\\|Unknown CN",
        "CN=|''",
        "''|Unknown CN"
      })
  void common_name_is_read_where_it_is_one(String name, String common) {
    assertThat(CertificateExpiry.commonName(name)).isEqualTo(common);
  }
}
