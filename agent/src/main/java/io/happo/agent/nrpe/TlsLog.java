package io.happo.agent.nrpe;

import io.happo.agent.nrpe.NrpeSettings.Logged;
import io.happo.net.PacketPeer;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;

/** What ssl_logging has the log tell. Pure. */
final class TlsLog {
  private TlsLog() {}

  /** The line for a connection; none without TLS, or when nothing of it is to be told. */
  static Optional<String> of(PacketPeer peer, Set<Logged> logged) {
    if (peer.tls().isEmpty()) {
      return Optional.empty();
    }
    var tls = peer.tls().get();
    var told = new ArrayList<String>();
    if (logged.contains(Logged.TLS_VERSION)) {
      told.add("version=" + tls.version());
    }
    if (logged.contains(Logged.CIPHER)) {
      told.add("cipher=" + tls.cipher());
    }
    if (logged.contains(Logged.HAS_CERTIFICATE)) {
      told.add("certificate=" + (tls.certificate().isPresent() ? "valid" : "none"));
    }
    if (logged.contains(Logged.CERTIFICATE_DETAILS) && tls.certificate().isPresent()) {
      told.add("subject=\"" + tls.certificate().get().subject() + "\"");
      told.add("issuer=\"" + tls.certificate().get().issuer() + "\"");
    }
    if (told.isEmpty() && !logged.contains(Logged.PEER_ADDRESS)) {
      return Optional.empty();
    }
    // Whom a line is about is always said: without, it would be of no use.
    told.addFirst("TLS peer=" + peer.address().getAddress().getHostAddress());
    return Optional.of(Finding.printable(String.join(" ", told)));
  }

  /** The line for a start or a reload; none when it is not to be told. */
  static Optional<String> of(NrpeSettings settings) {
    if (!settings.logged().contains(Logged.TLS_AT_START)) {
      return Optional.empty();
    }
    if (settings.tls().isEmpty()) {
      return Optional.of("TLS is off");
    }
    var tls = settings.tls().get();
    return Optional.of(
        Finding.printable(
            "TLS versions=%s-%s ciphers=\"%s\" certificate=%s key=%s authorities=%s client_certificates=%s anonymous=%s"
                .formatted(
                    tls.oldest(),
                    tls.newest(),
                    tls.ciphers().orElse("default"),
                    tls.identity().map(files -> files.certificate().toString()).orElse("own"),
                    tls.identity().map(files -> files.key().toString()).orElse("own"),
                    tls.clientCa().map(Object::toString).orElse("none"),
                    tls.clientCertificates(),
                    tls.anonymousDh() ? "yes" : "no")));
  }
}
