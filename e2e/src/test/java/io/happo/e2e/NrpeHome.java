package io.happo.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What an NRPE door is configured with in a test: plugins, certificates, included files; readable
 * to every user, because the real daemon gives up root.
 *
 * @param folder all of it
 */
record NrpeHome(Path folder) {
  private static final String EC = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30";

  /** Lays it out in an empty folder. */
  static NrpeHome in(Path folder) throws IOException {
    Peer.OPENSSL.need();
    var home = new NrpeHome(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    home.layPlugins();
    home.layIncluded();
    home.layCertificates();
    return home;
  }

  private void layPlugins() throws IOException {
    var plugins = Files.createDirectories(folder.resolve("plugins"));
    try (var scripts = Files.list(resource("plugins"))) {
      for (var script : scripts.toList()) {
        var copy = Files.copy(script, plugins.resolve(script.getFileName().toString()));
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
  }

  private void layIncluded() throws IOException {
    write(
        "included.cfg",
        "command[included]=echo from a file that is included\n"
            + "command[overridden]=echo from a file that is included\n");
    Files.createDirectories(folder.resolve("nrpe.d/deeper"));
    Files.createDirectories(folder.resolve("nrpe.d/.hidden"));
    write("nrpe.d/20.cfg", "command[overridden]=echo from 20.cfg\n");
    write(
        "nrpe.d/10.cfg",
        "command[overridden]=echo from 10.cfg\ncommand[from_folder]=echo from 10.cfg\n");
    write("nrpe.d/deeper/30.cfg", "command[deeper]=echo from a folder in the folder\n");
    write("nrpe.d/.hidden/40.cfg", "command[hidden]=echo from a hidden folder\n");
    write("nrpe.d/backup.cfg.orig", "command[not_cfg]=echo from a file of another name\n");
  }

  private void layCertificates() throws IOException {
    var tls = Files.createDirectories(folder.resolve("tls"));
    TestTls.openssl(tls, "req -x509 -subj /CN=ca " + EC + " -keyout ca.key -out ca.pem");
    signed("server", EC);
    signed("client", EC);
    signed("rsa", "-newkey rsa:2048 -nodes -days 30");
    TestTls.openssl(
        tls, "req -x509 -subj /CN=stranger " + EC + " -keyout stranger.key -out stranger.pem");
    try (var files = Files.list(tls)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        // The real daemon reads its key as the user it has become.
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
      }
    }
  }

  private void signed(String name, String key) {
    var tls = folder.resolve("tls");
    TestTls.openssl(
        tls,
        "req -new -subj /CN=%1$s %2$s -keyout %1$s.key -out %1$s.csr"
            .formatted(name, key.replace(" -days 30", "")));
    TestTls.openssl(
        tls,
        "x509 -req -in %1$s.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -out %1$s.pem"
            .formatted(name));
  }

  /**
   * Writes an nrpe.cfg: the commands that all have, and these lines.
   *
   * @param name of the file
   * @param port to listen at
   * @param lines with {@code @HOME@} for the folder
   */
  Path config(String name, int port, String lines) {
    var root = Peer.isRoot();
    var user = root ? "nobody" : System.getProperty("user.name");
    var group = root ? "nogroup" : primaryGroup();
    try {
      var common = Files.readString(resource("nrpe.cfg"));
      return write(
          name,
          common.replace("@HOME@", folder.toString())
              + "server_port=%d\nnrpe_user=%s\nnrpe_group=%s\n".formatted(port, user, group)
              + lines.replace("@HOME@", folder.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String primaryGroup() {
    return Run.of(folder, Map.of(), List.of("id", "-gn")).stdout().strip();
  }

  /** The folder of certificates and keys. */
  Path tls() {
    return folder.resolve("tls");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text, StandardCharsets.UTF_8);
  }

  /** A file or folder of the test resources. */
  static Path resource(String name) {
    try {
      var found = NrpeHome.class.getResource("/nrpe/" + name);
      return Path.of(Objects.requireNonNull(found, name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
