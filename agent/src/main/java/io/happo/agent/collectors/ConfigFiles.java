package io.happo.agent.collectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.happo.core.Sha256;
import io.happo.core.plan.Collector;
import io.happo.program.files.AtomicFile;
import io.happo.program.files.Directory;
import io.happo.program.files.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files of one collector: each configuration has a folder of its own (mode 0700, its files
 * 0600), so that a new one is whole before the old one goes. The same configuration has the same
 * folder.
 */
final class ConfigFiles {
  private static final int NAME_DIGITS = 16;

  private final Path home;

  /**
   * @param home holds the folders, and nothing else
   */
  ConfigFiles(Path home) {
    this.home = home;
  }

  /**
   * Writes the files.
   *
   * @return the folder that they are in
   * @throws IOException naming the file
   */
  Path write(Collector collector) throws IOException {
    var folder = home.resolve(digest(collector));
    Directory.create(folder);
    for (var file : collector.files().entrySet()) {
      AtomicFile.write(folder.resolve(file.getKey()), in(folder, file.getValue()).getBytes(UTF_8));
    }
    return folder;
  }

  private static String digest(Collector collector) {
    var all = new StringBuilder();
    for (var part :
        List.of(
            collector.command(),
            collector.validate(),
            List.copyOf(collector.files().entrySet()),
            List.copyOf(collector.environment().entrySet()))) {
      all.append(part).append('\0');
    }
    return Sha256.of(all.toString()).substring(0, NAME_DIGITS);
  }

  /** A text with the folder in it. */
  static String in(Path folder, String text) {
    return text.replace(Collector.FOLDER, folder.toString());
  }

  static List<String> in(Path folder, List<String> texts) {
    return texts.stream().map(text -> in(folder, text)).toList();
  }

  static Map<String, String> in(Path folder, Map<String, String> texts) {
    var all = new TreeMap<String, String>();
    texts.forEach((name, text) -> all.put(name, in(folder, text)));
    return all;
  }

  /** Removes all folders but one; what cannot be removed is for the next time. */
  void keepOnly(Path folder) {
    try (var all = Files.list(home)) {
      all.filter(one -> !one.equals(folder)).forEach(Trees::removeQuietly);
    } catch (IOException e) {
      // Likewise.
    }
  }

  /** Removes all. */
  void remove() {
    Trees.removeQuietly(home);
  }
}
