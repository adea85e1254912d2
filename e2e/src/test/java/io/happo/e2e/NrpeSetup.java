package io.happo.e2e;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The configurations under which the parity cases are asked: for the real nrpe and for ours. */
enum NrpeSetup {
  /** Without TLS, as Debian builds it. */
  PLAIN(Tls.NONE, RealNrpe.Build.DEBIAN, "command_timeout=30"),
  /** A deadline that the cases reach. */
  SHORT(Tls.NONE, RealNrpe.Build.DEBIAN, "command_timeout=2"),
  PREFIX(Tls.NONE, RealNrpe.Build.DEBIAN, "command_prefix=/usr/bin/env PREFIX=before"),
  ENVIRONMENT(Tls.NONE, RealNrpe.Build.DEBIAN, "keep_env_vars=KEPT,KEPT_TOO,NOT_THERE"),
  ARGUMENTS(Tls.NONE, RealNrpe.Build.WITH_ARGUMENTS, "dont_blame_nrpe=1"),
  /** Built for arguments, and told to refuse them. */
  ARGUMENTS_OFF(Tls.NONE, RealNrpe.Build.WITH_ARGUMENTS, "dont_blame_nrpe=0"),
  METACHARACTERS(
      Tls.NONE, RealNrpe.Build.WITH_ARGUMENTS, "dont_blame_nrpe=1", "nasty_metachars=%\\t@"),
  PREFIX_ARGUMENTS(
      Tls.NONE,
      RealNrpe.Build.WITH_ARGUMENTS,
      "dont_blame_nrpe=1",
      "command_prefix=@HOME@/plugins/check_args.sh"),
  STRANGERS(Tls.NONE, RealNrpe.Build.DEBIAN, "allowed_hosts=127.0.0.9"),
  /** By name; and a network with host bits, which does not count. */
  NAMES(Tls.NONE, RealNrpe.Build.DEBIAN, "allowed_hosts= localhost , 127.1.0.1/16"),
  /** A certificate, no client certificates. */
  TLS(Tls.CERTIFICATE, RealNrpe.Build.DEBIAN),
  /** RSA, and nothing newer than TLS 1.2. */
  TLS12(Tls.RSA, RealNrpe.Build.DEBIAN, "ssl_version=TLSv1.2"),
  TLS13(Tls.CERTIFICATE, RealNrpe.Build.DEBIAN, "ssl_version=TLSv1.3"),
  TLS_ARGUMENTS(Tls.CERTIFICATE, RealNrpe.Build.WITH_ARGUMENTS, "dont_blame_nrpe=1"),
  TLS_STRANGERS(Tls.CERTIFICATE, RealNrpe.Build.DEBIAN, "allowed_hosts=127.0.0.9"),
  CLIENTS_ASKED(
      Tls.CERTIFICATE,
      RealNrpe.Build.DEBIAN,
      "ssl_cacert_file=@HOME@/tls/ca.pem",
      "ssl_client_certs=1"),
  CLIENTS_REQUIRED(
      Tls.CERTIFICATE,
      RealNrpe.Build.DEBIAN,
      "ssl_cacert_file=@HOME@/tls/ca.pem",
      "ssl_client_certs=2"),
  /** No certificate, as Debian installs it. */
  ANONYMOUS(Tls.ANONYMOUS, RealNrpe.Build.DEBIAN);

  private enum Tls {
    NONE("-n", "--nrpe-no-tls", ""),
    CERTIFICATE(
        "", "", "ssl_cert_file=@HOME@/tls/server.pem\nssl_privatekey_file=@HOME@/tls/server.key\n"),
    RSA("", "", "ssl_cert_file=@HOME@/tls/rsa.pem\nssl_privatekey_file=@HOME@/tls/rsa.key\n"),
    ANONYMOUS("", "--nrpe-legacy-tls", "");

    private final String realFlag;
    private final String ourFlag;
    private final String lines;

    Tls(String realFlag, String ourFlag, String lines) {
      this.realFlag = realFlag;
      this.ourFlag = ourFlag;
      this.lines = lines;
    }
  }

  private static final String EVERYONE_HERE = "allowed_hosts=127.0.0.0/8,::1";

  private final Tls tls;
  private final RealNrpe.Build build;

  /** Of nrpe.cfg, each with its end. */
  private final String lines;

  NrpeSetup(Tls tls, RealNrpe.Build build, String... lines) {
    this.tls = tls;
    this.build = build;
    this.lines = Stream.of(lines).map(line -> line + "\n").collect(Collectors.joining());
  }

  /** How cases and files call it. */
  String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  RealNrpe.Build build() {
    return build;
  }

  /** What its nrpe.cfg has beyond the commands; {@code @HOME@} stands for the folder of the run. */
  String lines() {
    return tls.lines + lines + (lines.contains("allowed_hosts=") ? "" : EVERYONE_HERE + "\n");
  }

  /** Of the real daemon's command line. */
  List<String> realFlags() {
    return words(tls.realFlag);
  }

  /** Of our daemon's command line. */
  List<String> ourFlags() {
    return words(tls.ourFlag);
  }

  private static List<String> words(String flag) {
    return flag.isEmpty() ? List.of() : List.of(flag);
  }
}
