package io.happo.program.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SigningKeyTest {
  @TempDir Path folder;

  private Path file() {
    return folder.resolve("data").resolve("hub.key");
  }

  private Path planted(String text) throws IOException {
    var file = folder.resolve("planted.key");
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  @Test
  void key_is_made_once_private_to_its_user_and_signs() throws Exception {
    var key = SigningKey.open(file());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    var again = SigningKey.open(file());
    assertThat(again.id()).isEqualTo(key.id()).matches("[0-9a-f]{64}");

    var verifying = Signature.getInstance("Ed25519");
    verifying.initVerify(
        KeyFactory.getInstance("Ed25519")
            .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(key.publicKey()))));
    verifying.update("text".getBytes(StandardCharsets.UTF_8));
    assertThat(verifying.verify(Base64.getDecoder().decode(again.sign("text")))).isTrue();
  }

  /** The first test vector of RFC 8032, 7.1, with its public key. */
  @Test
  void key_of_another_program_gives_the_public_key_that_belongs_to_it() throws Exception {
    var file =
        planted(
            "-----BEGIN PRIVATE KEY-----\n"
                + "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
                + "-----END PRIVATE KEY-----\n");
    assertThat(SigningKey.open(file).publicKey())
        .isEqualTo("MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
  }

  @Test
  void key_that_others_may_read_is_refused_with_what_to_do() throws Exception {
    SigningKey.open(file());
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> SigningKey.open(file()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file().toString())
        .hasMessageContaining("rw-r-----")
        .hasMessageContaining("chmod 600");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw=AA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMc",
        "-----BEGIN EC PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END EC PRIVATE KEY-----\n",
      })
  void damaged_key_is_told(String text) throws Exception {
    var file = planted(text);
    assertThatThrownBy(() -> SigningKey.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("damaged");
  }
}
