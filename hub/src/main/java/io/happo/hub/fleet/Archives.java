package io.happo.hub.fleet;

import io.happo.core.Sha256;
import io.happo.core.plan.Archive;
import io.happo.core.plan.BadArchiveException;
import io.happo.core.plan.Bundle;
import io.happo.core.plan.FleetPlan;
import io.happo.hub.store.Bundles;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The archives of plugins that the hub has. One comes before the plan that names it; if none does
 * within a day, it is forgotten again. Any thread.
 */
public final class Archives implements FleetPlan.Archives {
  private static final Duration KEPT_UNNAMED = Duration.ofDays(1);

  private final Bundles bundles;
  private final Function<byte[], byte[]> signer;
  private final InstantSource clock;

  /** Paths of files by digest; an archive never changes. */
  private final Map<String, Set<String>> files = new ConcurrentHashMap<>();

  Archives(Bundles bundles, Function<byte[], byte[]> signer, InstantSource clock) {
    this.bundles = bundles;
    this.signer = signer;
    this.clock = clock;
  }

  @Override
  public Optional<Set<String>> files(String sha256) {
    var known = files.get(sha256);
    if (known != null) {
      return Optional.of(known);
    }
    var bytes =
        bundles.find(sha256).filter(Archives::isArchive).flatMap(_ -> bundles.content(sha256));
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(note(sha256, Archive.read(bytes.get())));
    } catch (BadArchiveException e) {
      throw new IllegalStateException(
          "the archive " + sha256 + " in the store cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean isArchive(Bundles.Bundle bundle) {
    return bundle.kind().equals(Bundle.Kind.ARCHIVE.word());
  }

  private Set<String> note(String sha256, Archive archive) {
    var paths = new TreeSet<>(archive.files());
    files.put(sha256, paths);
    return paths;
  }

  /** All that are there, by name and the newest first. */
  public List<Bundles.Bundle> all() {
    return bundles.all().stream().filter(Archives::isArchive).toList();
  }

  /**
   * Keeps an archive, signed, unless it is there.
   *
   * @param name for people
   * @return the number of its files
   * @throws BadArchiveException with all problems
   * @throws IllegalArgumentException when the name is none
   */
  int add(String name, byte[] bytes, String author) throws BadArchiveException {
    var archive = Archive.read(bytes);
    archive.verify();
    var sha256 = Sha256.of(bytes);
    var checked = new Bundle(sha256, name, Bundle.Kind.ARCHIVE, bytes.length, "");
    bundles.add(
        new Bundles.Bundle(
            sha256,
            checked.name(),
            checked.kind().word(),
            checked.size(),
            signer.apply(bytes),
            author,
            clock.millis()),
        bytes);
    return note(sha256, archive).size();
  }

  /** Forgets those that no version of the plan has named in time. */
  void forgetUnnamed() {
    bundles
        .removeUnnamed(Bundle.Kind.ARCHIVE.word(), clock.millis() - KEPT_UNNAMED.toMillis())
        .forEach(files::remove);
  }
}
