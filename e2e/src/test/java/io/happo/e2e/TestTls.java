package io.happo.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A self-signed RSA 2048 certificate and its key, as files for a daemon and as a context for the
 * tests' own servers. RSA because the recorded handshakes were made with it.
 *
 * @param folder where {@code happo-agent.pub} and {@code happo-agent.key} are, both PEM
 */
record TestTls(Path folder) {
  private static final char[] STORE_PASSWORD = "store".toCharArray();

  /** Makes a pair with openssl. */
  static TestTls make(Path folder) throws IOException {
    Peer.OPENSSL.need();
    Files.createDirectories(folder);
    openssl(
        folder,
        "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=happo-e2e -keyout happo-agent.key"
            + " -out happo-agent.pub");
    return new TestTls(folder);
  }

  static void openssl(Path folder, String arguments) {
    var run = Run.of(folder, Map.of(), List.of(("openssl " + arguments).split(" ", -1)));
    if (run.exit() != 0) {
      throw new AssertionError("openssl " + arguments + ": " + run.stderr());
    }
  }

  /** For a server with this certificate. */
  SSLContext context() throws IOException {
    openssl(
        folder,
        "pkcs12 -export -in happo-agent.pub -inkey happo-agent.key -out pair.p12 -passout pass:"
            + new String(STORE_PASSWORD));
    try (var in = Files.newInputStream(folder.resolve("pair.p12"))) {
      var store = KeyStore.getInstance("PKCS12");
      store.load(in, STORE_PASSWORD);
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, STORE_PASSWORD);
      var context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError("cannot load the key pair of " + folder, e);
    }
  }
}
