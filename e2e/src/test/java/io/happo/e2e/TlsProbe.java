package io.happo.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One handshake of {@code openssl s_client} with a daemon, told as the recordings tell it. */
final class TlsProbe {
  private TlsProbe() {}

  static Json of(String name, Daemon daemon) {
    Peer.OPENSSL.need();
    var argv = new ArrayList<>(List.of("openssl", "s_client", "-connect", daemon.address()));
    argv.addAll(
        List.of(
            (switch (name) {
                  case "tls1_1" -> "-tls1_1 -cipher DEFAULT@SECLEVEL=0";
                  case "tls1_3" -> "-tls1_3";
                  case "default" -> "-servername localhost";
                  case "tls1_2_aes128" -> "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256";
                  case "tls1_2_chacha" -> "-tls1_2 -cipher ECDHE-RSA-CHACHA20-POLY1305";
                  case "tls1_2_cbc" -> "-tls1_2 -cipher ECDHE-RSA-AES128-SHA";
                  case "alpn_h2_only" -> "-alpn h2";
                  default -> throw new AssertionError("no handshake is known as " + name);
                })
                .split(" ", -1)));
    var run = Run.of(daemon.folder(), Map.of(), argv, "Q\n");
    var out = run.stdout();
    return Json.of(
        Map.of(
            "protocol", found(out, "New, ([^,]*), Cipher is "),
            "cipher", found(out, "New, [^,]*, Cipher is (\\S+)"),
            "alpn", found(out, "ALPN protocol: (\\S+)"),
            "no_alpn", out.contains("No ALPN negotiated"),
            "temp_key", found(out, "Server Temp Key: (.+)"),
            "alert", found(run.stderr(), "alert ([a-z ]+):"),
            "renegotiation", out.contains("Secure Renegotiation IS supported")));
  }

  private static Json found(String text, String regex) {
    var matcher = Pattern.compile(regex).matcher(text);
    @Nullable String value = matcher.find() ? matcher.group(1) : null;
    return new Json(value);
  }
}
