package io.happo.agent.nrpe;

import io.happo.agent.nrpe.NrpeSettings.ClientCertificates;
import io.happo.agent.nrpe.NrpeSettings.Version;
import java.util.Map;
import java.util.regex.Pattern;

/** How the directives of TLS are read that are more than a file or a number. */
final class TlsDirectives {
  private static final Map<String, Version> VERSIONS =
      Map.of(
          "TLSv1", Version.TLS_1_0,
          "TLSv1.1", Version.TLS_1_1,
          "TLSv1.2", Version.TLS_1_2,
          "TLSv1.3", Version.TLS_1_3);
  private static final Pattern SECURITY_LEVEL = Pattern.compile("[:, ]?@SECLEVEL=\\d+");
  private static final int MAX_CIPHERS = 255;

  private TlsDirectives() {}

  static void version(Draft draft, ConfigLine line) throws BadLineException {
    var text = line.value();
    boolean andNewer = text.endsWith("+");
    var version = VERSIONS.get(andNewer ? text.substring(0, text.length() - 1) : text);
    if (text.equals("SSLv3+")) {
      draft.note(line, "counts as TLSv1+: the agent speaks no SSL 3");
      version = Version.TLS_1_0;
    } else if (text.equals("SSLv3")) {
      draft.refuse(line, "the agent speaks no SSL 3; write TLSv1+");
      return;
    }
    if (version == null) {
      throw new BadLineException(
          "'"
              + text
              + "' is no version of TLS; write TLSv1+, TLSv1.1+, TLSv1.2+ or TLSv1.3+, or one"
              + " without + for that version alone");
    }
    draft.oldest = version;
    draft.newest = andNewer ? Version.TLS_1_3 : version;
  }

  static void anonymousDh(Draft draft, ConfigLine line) throws BadLineException {
    draft.anonymousDh = Numbers.read(draft, line, 0, 2);
    if (draft.anonymousDh == 2) {
      draft.note(line, "counts as 1: certificates are shown to clients that can use them");
    }
  }

  static void clientCertificates(Draft draft, ConfigLine line) throws BadLineException {
    draft.clientCertificates =
        switch (Numbers.read(draft, line, 0, 2)) {
          case 0 -> ClientCertificates.NONE;
          case 1 -> ClientCertificates.ASK;
          default -> ClientCertificates.REQUIRE;
        };
  }

  static void ciphers(Draft draft, ConfigLine line) {
    var list = line.value();
    if (list.length() > MAX_CIPHERS) {
      draft.refuse(
          line,
          "has " + list.length() + " characters; NRPE cuts it at " + MAX_CIPHERS + ": shorten it");
    }
    var without = SECURITY_LEVEL.matcher(list).replaceAll("");
    if (!without.equals(list)) {
      draft.note(
          line, "@SECLEVEL is left out: BoringSSL, which the agent uses, has no such levels");
    }
    draft.ciphers = without.isEmpty() ? null : without;
  }
}
