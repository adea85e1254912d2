package io.happo.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PasswordsTest {
  private final Passwords passwords = new Passwords();

  @Test
  void a_password_is_known_by_its_hash_and_no_other_is() {
    var hash = passwords.hash("correct horse battery staple");
    assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    assertThat(passwords.matches("correct horse battery staple", hash)).isTrue();
    assertThat(passwords.matches("correct horse battery stapl", hash)).isFalse();
    assertThat(passwords.hash("correct horse battery staple")).isNotEqualTo(hash);
  }

  /** Of the reference implementation: argon2 -id -t 2 -k 65536 -p 1 with the salt somesalt. */
  @Test
  void a_hash_of_another_program_is_understood() {
    assertThat(
            passwords.matches(
                "password",
                "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
                    + "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"))
        .isTrue();
  }

  @Test
  void what_is_no_hash_matches_nothing() {
    for (var hash : new String[] {"", "secret", "$argon2id$", "$argon2id$v=19$m=x,t=2,p=1$a$b"}) {
      assertThat(passwords.matches("", hash)).as(hash).isFalse();
    }
  }
}
