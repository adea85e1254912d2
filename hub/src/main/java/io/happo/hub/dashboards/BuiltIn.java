package io.happo.hub.dashboards;

import io.happo.core.JsonObject;
import io.happo.hub.yaml.BadYamlException;
import io.happo.hub.yaml.YamlText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The dashboards that come with the hub: files of this program, as people write them. */
final class BuiltIn {
  private static final List<String> NAMES = List.of("fleet", "host", "hub");

  private BuiltIn() {}

  /** By name. */
  static Map<String, Dashboard> all() {
    var all = new TreeMap<String, Dashboard>();
    for (var name : NAMES) {
      all.put(name, read(name));
    }
    return Collections.unmodifiableMap(all);
  }

  private static Dashboard read(String name) {
    var file = name + ".yaml";
    try (var in = BuiltIn.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("this program was built without " + file);
      }
      var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      if (YamlText.read(file, text) instanceof JsonObject json) {
        return Dashboard.read(json, name);
      }
      throw new IllegalStateException(file + " is no dashboard");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (BadYamlException | BadDashboardException e) {
      throw new IllegalStateException(file + ": " + e.getMessage(), e);
    }
  }
}
