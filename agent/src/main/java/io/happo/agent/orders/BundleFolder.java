package io.happo.agent.orders;

import io.happo.agent.scheduler.BundleShelf;
import io.happo.core.plan.Bundle;
import io.happo.program.files.AtomicFile;
import io.happo.program.files.Directory;
import io.happo.program.keys.SigningKey;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The bundles that are here: a folder for each, named by its digest, with its file in it. One is
 * there whole and verified, or not at all; what a hub may have run may have been more then.
 */
final class BundleFolder implements BundleShelf {
  private static final System.Logger LOG = System.getLogger(BundleFolder.class.getName());

  private final Path folder;

  /** Gets the bytes of a bundle from the hub. */
  interface Source {
    byte[] fetch(String sha256) throws IOException;
  }

  BundleFolder(Path folder) {
    this.folder = folder;
  }

  @Override
  public Optional<Path> script(String sha256) {
    try (Stream<Path> files = Files.list(folder.resolve(sha256))) {
      return files.filter(Files::isExecutable).findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The digests of those that are here. */
  List<String> digests() {
    var digests = new ArrayList<String>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(file -> script(file.getFileName().toString()).isPresent())
          .forEach(file -> digests.add(file.getFileName().toString()));
    } catch (IOException e) {
      // There is no folder yet.
    }
    return digests;
  }

  /**
   * Fetches a bundle, unless it is here.
   *
   * @param signer public key that its signature is to be of; empty: it needs none
   * @throws IOException one line; then nothing of it is here that was not before
   */
  void fetch(Bundle bundle, Source source, Optional<byte[]> signer) throws IOException {
    var here = script(bundle.sha256());
    if (here.isPresent() && !isForeign(bundle, signer)) {
      return;
    }
    var bytes = source.fetch(bundle.sha256());
    var wrong = problem(bundle, bytes, signer);
    if (wrong.isPresent()) {
      throw new IOException(wrong.get());
    }
    var home = folder.resolve(bundle.sha256());
    if (here.isPresent()) {
      remove(home);
    }
    Directory.create(folder);
    Directory.create(home);
    var file = home.resolve(bundle.name());
    AtomicFile.write(file, bytes);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  /**
   * Whether a bundle is here that is not to be run: it was changed on the disk, or came when no
   * signature was needed.
   *
   * @param signer as in {@link #fetch}
   */
  boolean isForeign(Bundle bundle, Optional<byte[]> signer) throws IOException {
    var here = script(bundle.sha256());
    return here.isPresent() && problem(bundle, Files.readAllBytes(here.get()), signer).isPresent();
  }

  private static Optional<String> problem(Bundle bundle, byte[] bytes, Optional<byte[]> signer) {
    if (!digest(bytes).equals(bundle.sha256())) {
      return Optional.of(
          "the bundle " + bundle.name() + " came with other bytes than its digest says");
    }
    return signer.isPresent() && !isSigned(signer.get(), bytes, bundle.signature())
        ? Optional.of("the bundle " + bundle.name() + " is not signed by the hub")
        : Optional.empty();
  }

  static boolean isSigned(byte[] signer, byte[] bytes, String signature) {
    try {
      return SigningKey.isSigned(signer, bytes, Base64.getDecoder().decode(signature));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Removes all but these. */
  void keep(Set<String> digests) {
    for (var digest : digests()) {
      if (!digests.contains(digest)) {
        try {
          remove(folder.resolve(digest));
        } catch (IOException e) {
          LOG.log(Level.WARNING, "the bundle {0} cannot be removed: {1}", digest, e.getMessage());
        }
      }
    }
  }

  private static void remove(Path home) throws IOException {
    try (Stream<Path> files = Files.list(home)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(home);
  }

  static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
