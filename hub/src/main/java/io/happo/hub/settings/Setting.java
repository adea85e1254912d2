package io.happo.hub.settings;

import io.happo.core.Nearest;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * One thing that a channel or an output is told.
 *
 * @param otherwise what it is where nothing is given
 * @param values the ones that are possible; none: any
 */
public record Setting(
    String name,
    boolean required,
    boolean secret,
    String otherwise,
    List<String> values,
    String about) {
  private static final int MAX_CHARS = 8_192;

  public Setting {
    values = List.copyOf(values);
  }

  public static Setting must(String name, String about) {
    return new Setting(name, true, false, "", List.of(), about);
  }

  public static Setting may(String name, String otherwise, String about) {
    return new Setting(name, false, false, otherwise, List.of(), about);
  }

  public static Setting secret(String name, boolean required, String about) {
    return new Setting(name, required, true, "", List.of(), about);
  }

  /** The first is the one unless given. */
  public static Setting oneOf(String name, List<String> values, String about) {
    return new Setting(name, false, false, values.getFirst(), values, about);
  }

  /**
   * Everything that is wrong with what is given.
   *
   * @param special what else may be wrong with the value of one
   */
  public static List<String> problems(
      List<Setting> table,
      Map<String, String> given,
      BiFunction<Setting, String, Optional<String>> special) {
    var problems = new ArrayList<String>();
    var known = table.stream().map(Setting::name).toList();
    for (var name : given.keySet()) {
      if (!known.contains(name)) {
        problems.add(name + ": is not known here" + Nearest.suggestion(name, known));
      }
    }
    for (var setting : table) {
      var value = given.getOrDefault(setting.name(), "");
      if (value.isEmpty()) {
        if (setting.required()) {
          problems.add(setting.name() + ": is missing. " + setting.about());
        }
      } else {
        setting
            .problem(value)
            .or(() -> special.apply(setting, value))
            .ifPresent(text -> problems.add(setting.name() + ": " + text));
      }
    }
    return problems;
  }

  private Optional<String> problem(String value) {
    if (value.length() > MAX_CHARS) {
      return Optional.of("has more than " + MAX_CHARS + " characters");
    }
    if (!values.isEmpty() && !values.contains(value)) {
      return Optional.of("is '" + value + "', expected one of " + String.join(", ", values));
    }
    return Optional.empty();
  }

  /** What is given, and what is so unless given. */
  public static Map<String, String> whole(List<Setting> table, Map<String, String> given) {
    var whole = new TreeMap<String, String>();
    for (var setting : table) {
      var value = given.getOrDefault(setting.name(), "");
      whole.put(setting.name(), value.isEmpty() ? setting.otherwise() : value);
    }
    return whole;
  }

  /** Of what is given that which is secret, or that which is not. */
  public static Map<String, String> part(
      List<Setting> table, Map<String, String> given, boolean secret) {
    var part = new TreeMap<String, String>();
    for (var setting : table) {
      var value = given.getOrDefault(setting.name(), "");
      if (!value.isEmpty() && setting.secret() == secret) {
        part.put(setting.name(), value);
      }
    }
    return part;
  }

  /** Whether a text is a URL of http or https with a host. */
  public static boolean isHttp(String text) {
    try {
      var url = URI.create(text);
      return url.getHost() != null
          && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  public static boolean isPrintableAscii(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c <= '~');
  }
}
