package io.happo.net;

import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/** A client that shows its certificate to every server that asks for any. */
final class ShownAlways implements X509KeyManager {
  private final X509Certificate certificate;
  private final PrivateKey key;

  ShownAlways(Identity identity) throws GeneralSecurityException {
    certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(identity.certificatePem()));
    var pem = new String(identity.keyPem(), StandardCharsets.US_ASCII);
    key =
        KeyFactory.getInstance("EC")
            .generatePrivate(
                new PKCS8EncodedKeySpec(
                    Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""))));
  }

  @Override
  public String[] getClientAliases(String type, Principal[] issuers) {
    return new String[] {"own"};
  }

  @Override
  public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
    return "own";
  }

  @Override
  public String @Nullable [] getServerAliases(String type, Principal[] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
    return null;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return new X509Certificate[] {certificate};
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return key;
  }
}
