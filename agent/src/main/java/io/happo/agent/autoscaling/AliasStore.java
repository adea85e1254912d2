package io.happo.agent.autoscaling;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonWriter;
import io.happo.program.files.AtomicFile;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The aliases of each group on disk, as one JSON document. What was written is durable. Groups that
 * autoscaling.yaml no longer names are kept, so that a slip there costs nothing. Any thread.
 */
public final class AliasStore {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.autoscaling");

  private final Path file;
  private volatile Map<String, List<Alias>> groups; // Replaced under this, never changed.

  private AliasStore(Path file, Map<String, List<Alias>> groups) {
    this.file = file;
    this.groups = groups;
  }

  /**
   * Reads the file. One that cannot be understood is set aside and said in the log: a refresh makes
   * the aliases anew.
   */
  public static AliasStore open(Path file) throws IOException {
    try {
      return new AliasStore(file, read(Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      return new AliasStore(file, new LinkedHashMap<>());
    } catch (JsonException | IllegalArgumentException e) {
      var aside = file.resolveSibling(file.getFileName() + ".damaged");
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      LOG.log(
          Level.ERROR,
          "{0} cannot be understood ({1}) and is now {2}: ask /autoscaling/refresh for the aliases",
          file,
          e.getMessage(),
          aside);
      return new AliasStore(file, new LinkedHashMap<>());
    } catch (IOException e) {
      throw new IOException("cannot read " + file + ": " + Reason.of(e), e);
    }
  }

  private static Map<String, List<Alias>> read(byte[] bytes) throws JsonException {
    var groups = new LinkedHashMap<String, List<Alias>>();
    for (var group : Json.parseObject(bytes).objects("autoscaling")) {
      var aliases = new ArrayList<Alias>();
      for (var alias : group.objects("instances")) {
        aliases.add(Alias.read(alias));
      }
      groups.put(group.requiredText("autoscaling_group_name"), List.copyOf(aliases));
    }
    return groups;
  }

  /** Those of a group, lowest first; none until it was refreshed. */
  List<Alias> of(String group) {
    return groups.getOrDefault(group, List.of());
  }

  /** All of them. */
  Map<String, List<Alias>> all() {
    return Collections.unmodifiableMap(groups);
  }

  /**
   * Changes those of a group.
   *
   * @throws IOException when they cannot be written; then nothing has changed
   */
  synchronized void put(String group, List<Alias> aliases) throws IOException {
    var changed = new LinkedHashMap<>(groups);
    if (aliases.isEmpty()) {
      changed.remove(group);
    } else {
      changed.put(group, List.copyOf(aliases));
    }
    if (!changed.equals(groups)) {
      var json = new JsonWriter().beginObject().key("autoscaling").beginArray();
      changed.forEach((name, of) -> write(json, name, of));
      AtomicFile.write(file, json.endArray().endObject().toBytes());
      groups = changed;
    }
  }

  /** A group as {@code /autoscaling} lists it. */
  static void write(JsonWriter json, String group, List<Alias> aliases) {
    json.beginObject().member("autoscaling_group_name", group).key("instances").beginArray();
    aliases.forEach(alias -> alias.write(json));
    json.endArray().endObject();
  }
}
