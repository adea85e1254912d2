package io.happo.hub.cli;

import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.Sha256;
import io.happo.hub.yaml.BadYamlException;
import io.happo.hub.yaml.YamlText;
import io.happo.program.cli.Failure;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A plan in a folder: its {@code *.yaml} and {@code *.yml} files, in {@code scripts/} a file for
 * each script, and in {@code plugins/} a folder or a ZIP for each archive of plugins. Other files,
 * and those whose names begin with a point, are left alone.
 */
final class PlanFolder {
  private static final String SCRIPTS = "scripts";

  /** Where the archives stand among the documents. */
  private static final String PLUGINS = "plugins";

  private final Path folder;
  private final List<String> problems = new ArrayList<>();

  /**
   * What is in it.
   *
   * @param documents by the names of their files; they name the archives by their digests
   * @param archives ZIPs by their names
   */
  record Contents(SortedMap<String, JsonValue> documents, SortedMap<String, byte[]> archives) {
    /** The names of the archives that nothing in the documents names. */
    List<String> unused() {
      var unused = new TreeSet<>(archives.keySet());
      for (var document : documents.values()) {
        leaveOutNamed(document, unused);
      }
      return List.copyOf(unused);
    }

    private static void leaveOutNamed(JsonValue value, Set<String> names) {
      if (value instanceof JsonValue.Array array) {
        array.values().forEach(one -> leaveOutNamed(one, names));
      } else if (value instanceof JsonObject object) {
        for (var member : object.members()) {
          if (member.getKey().equals("bundle")
              && member.getValue() instanceof JsonValue.Text name) {
            names.remove(name.value());
          }
          leaveOutNamed(member.getValue(), names);
        }
      }
    }
  }

  private PlanFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Reads it.
   *
   * @throws Failure with everything that cannot be read
   */
  static Contents read(Path folder) throws Failure {
    return new PlanFolder(folder).read();
  }

  private Contents read() throws Failure {
    if (!Files.isDirectory(folder)) {
      throw new Failure(
          Files.exists(folder)
              ? folder + " is a file: name the folder in which it is"
              : "there is no folder " + folder);
    }
    var documents = new TreeMap<String, JsonValue>();
    for (var file : files(folder)) {
      var name = file.getFileName().toString();
      if (name.endsWith(".yaml") || name.endsWith(".yml")) {
        text(file).ifPresent(text -> document(name, text, documents));
      }
    }
    var scripts = folder.resolve(SCRIPTS);
    if (Files.isDirectory(scripts)) {
      var texts = new ArrayList<Map.Entry<String, JsonValue>>();
      for (var file : files(scripts)) {
        var name = file.getFileName().toString();
        text(file).ifPresent(text -> texts.add(Map.entry(name, new JsonValue.Text(text))));
      }
      documents.put(
          SCRIPTS, new JsonObject(List.of(Map.entry(SCRIPTS, new JsonObject(texts, ""))), ""));
    }
    var archives = ArchivePacking.read(folder.resolve(PLUGINS), problems);
    if (!archives.isEmpty()) {
      var digests = new ArrayList<Map.Entry<String, JsonValue>>();
      archives.forEach(
          (name, bytes) -> digests.add(Map.entry(name, new JsonValue.Text(Sha256.of(bytes)))));
      documents.put(
          PLUGINS, new JsonObject(List.of(Map.entry("bundles", new JsonObject(digests, ""))), ""));
    }
    if (documents.values().stream().allMatch(JsonValue.Null.class::isInstance)
        && problems.isEmpty()) {
      problems.add(
          "there is nothing in the files *.yaml in "
              + folder
              + ": an empty plan is a file with 'checks: []'");
    }
    if (!problems.isEmpty()) {
      throw new Failure(String.join("\n", problems));
    }
    return new Contents(documents, archives);
  }

  private static List<Path> files(Path folder) throws Failure {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new Failure("cannot read " + folder + ": " + Reason.of(e));
    }
  }

  private java.util.Optional<String> text(Path file) {
    try {
      return java.util.Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
              .toString());
    } catch (CharacterCodingException e) {
      problems.add(file + " is not UTF-8 text");
    } catch (IOException e) {
      problems.add("cannot read " + file + ": " + Reason.of(e));
    }
    return java.util.Optional.empty();
  }

  private void document(String name, String text, Map<String, JsonValue> documents) {
    try {
      documents.put(name, YamlText.read(name, text));
    } catch (BadYamlException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
  }
}
