package io.happo.agent.orders;

import io.happo.agent.scheduler.BundleShelf;
import io.happo.core.plan.BadArchiveException;
import io.happo.core.plan.Bundle;
import io.happo.core.plan.Work;
import io.happo.program.files.AtomicFile;
import io.happo.program.files.Directory;
import io.happo.program.files.Reason;
import io.happo.program.files.Trees;
import io.happo.program.keys.SigningKey;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
 * The bundles that are here: a folder for each, named by its digest, with its file in it, or with
 * what {@link ArchiveFolder} makes of an archive. One is there whole and verified, or not at all;
 * what a hub may have run may have been more then.
 */
final class BundleFolder implements BundleShelf {
  private static final System.Logger LOG = System.getLogger(BundleFolder.class.getName());

  /** In the folder of an archive. */
  static final String FILES = "files";

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
      return files
          .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<Path> archive(String sha256) {
    var files = folder.resolve(sha256).resolve(FILES);
    return Files.isDirectory(files) ? Optional.of(files) : Optional.empty();
  }

  /** Whether an archive is here, and has no such plugin. */
  boolean lacks(Work.Packed plugin) {
    var files = archive(plugin.sha256());
    return files.isPresent()
        && !Files.isRegularFile(files.get().resolve(plugin.file()), LinkOption.NOFOLLOW_LINKS);
  }

  /** The digests of those that are here. */
  List<String> digests() {
    var digests = new ArrayList<String>();
    for (var name : names()) {
      if (script(name).isPresent() || archive(name).isPresent()) {
        digests.add(name);
      }
    }
    return digests;
  }

  private List<String> names() {
    var names = new ArrayList<String>();
    try (Stream<Path> files = Files.list(folder)) {
      files.forEach(file -> names.add(file.getFileName().toString()));
    } catch (IOException e) {
      // There is no folder yet.
    }
    return names;
  }

  /**
   * Fetches a bundle, unless it is here.
   *
   * @param signer public key that its signature is to be of; empty: it needs none
   * @throws BadArchiveException when it is none that can be unpacked; then, and
   * @throws IOException (one line) nothing of it is here that was not before
   */
  void fetch(Bundle bundle, Source source, Optional<byte[]> signer)
      throws IOException, BadArchiveException {
    boolean archive = bundle.kind() == Bundle.Kind.ARCHIVE;
    var here = archive ? archive(bundle.sha256()) : script(bundle.sha256());
    if (here.isPresent() && !isForeign(bundle, signer)) {
      return;
    }
    var bytes = source.fetch(bundle.sha256());
    var wrong = problem(bundle, bytes, signer);
    if (wrong.isPresent()) {
      throw new IOException(wrong.get());
    }
    var home = folder.resolve(bundle.sha256());
    if (archive) {
      new ArchiveFolder(folder).unpack(home, bytes);
      return;
    }
    if (here.isPresent()) {
      Trees.remove(home);
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
    if (bundle.kind() == Bundle.Kind.ARCHIVE) {
      return isForeignArchive(bundle, signer);
    }
    var here = script(bundle.sha256());
    return here.isPresent() && problem(bundle, Files.readAllBytes(here.get()), signer).isPresent();
  }

  private boolean isForeignArchive(Bundle bundle, Optional<byte[]> signer) throws IOException {
    if (archive(bundle.sha256()).isEmpty()) {
      return false;
    }
    var home = folder.resolve(bundle.sha256());
    var bytes = ArchiveFolder.bytes(home);
    return bytes.isEmpty()
        || problem(bundle, bytes.get(), signer).isPresent()
        || !ArchiveFolder.isIntact(home, bytes.get());
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

  /** Removes all but these, also what a killed agent has left unfinished. */
  void keep(Set<String> digests) {
    for (var name : names()) {
      if (!digests.contains(name)) {
        try {
          Trees.remove(folder.resolve(name));
        } catch (IOException e) {
          LOG.log(Level.WARNING, "the bundle {0} cannot be removed: {1}", name, Reason.of(e));
        }
      }
    }
  }

  static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
