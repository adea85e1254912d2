package io.happo.core.plan;

import io.happo.core.Nearest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads what people wrote about archives of plugins: which there are, and what checks run of them.
 */
final class PackedReader {
  private final FleetPlan.Archives library;

  /** Digests by name. */
  private final SortedMap<String, String> digests = new TreeMap<>();

  /** Paths of files by digest, of those that are there. */
  private final Map<String, Set<String>> files = new HashMap<>();

  /** Names by digest. */
  private final SortedMap<String, String> used = new TreeMap<>();

  PackedReader(FleetPlan.Archives library) {
    this.library = library;
  }

  SortedMap<String, String> used() {
    return used;
  }

  /** Reads {@code bundles}: names with digests. */
  void archives(Members root) {
    var object = root.object("bundles");
    if (object == null) {
      return;
    }
    for (var name : object.names()) {
      object.problem(name, Rules.name(name));
      var digest = object.requiredText(name, Rules::digest);
      if (digests.put(name, digest) != null) {
        object.problem(name, "is the name of another bundle too");
      }
      if (Rules.digest(digest).isEmpty() && !files.containsKey(digest)) {
        var found = library.files(digest);
        if (found.isPresent()) {
          files.put(digest, found.get());
        } else {
          object.problem(
              name, "is no archive that this hub has: send it first, as 'plan apply' does");
        }
      }
    }
  }

  /**
   * Reads {@code bundle} and {@code plugin} of a check; empty where there is a problem.
   *
   * @param arguments those that stand apart
   */
  Optional<Work> read(Members members, List<String> arguments) {
    var name = members.text("bundle").orElse("");
    var digest = digests.getOrDefault(name, "");
    if (!digests.containsKey(name)) {
      members.problem(
          "bundle",
          Rules.shown(name)
              + " is none of the bundles"
              + Nearest.suggestion(name, digests.keySet()));
    }
    if (!members.has("plugin")) {
      members.problem("bundle", "needs plugin, which begins with a file of the archive");
      return Optional.empty();
    }
    var words = members.made("plugin", PackedReader::words).orElse(List.of());
    if (words.isEmpty()) {
      return Optional.empty();
    }
    var all = new ArrayList<>(words.subList(1, words.size()));
    FleetReader.tokens(members, "plugin", all);
    all.addAll(arguments);
    var wrong = Rules.texts(all);
    members.problem("plugin", wrong);
    if (!isThere(members, words.getFirst(), name, digest) || wrong.isPresent()) {
      return Optional.empty();
    }
    used.putIfAbsent(digest, name);
    return Optional.of(new Work.Packed(digest, words.getFirst(), all));
  }

  private static List<String> words(String line) {
    var words = Words.split(line);
    if (words.isEmpty()) {
      throw new IllegalArgumentException("is empty: give a file of the archive and its arguments");
    }
    return words;
  }

  private boolean isThere(Members members, String file, String name, String digest) {
    if (Tokens.hasAny(file)) {
      members.problem(
          "plugin", "has a token in its name: which plugin is run, the plan itself says");
      return false;
    }
    var wrong = Rules.file(file);
    members.problem("plugin", wrong);
    var there = files.get(digest);
    if (wrong.isPresent() || there == null) {
      return false; // What is in an archive that is not there, nobody knows.
    }
    if (!there.contains(file)) {
      members.problem(
          "plugin",
          Rules.shown(file)
              + " is no file of the bundle "
              + Rules.shown(name)
              + Nearest.suggestion(file, there));
      return false;
    }
    return true;
  }
}
