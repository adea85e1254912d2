package io.happo.agent.autoscaling;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The groups that a bastion gives aliases: the content of autoscaling.yaml and of {@code
 * /autoscaling/config/update}.
 *
 * @param groups in the order of the file
 */
public record Groups(List<Group> groups) {
  static final Groups NONE = new Groups(List.of());

  /** The most aliases of a group. */
  static final int MAX_ALIASES = 1_000;

  private static final int MAX_NAME = 255; // AWS's own

  /**
   * A group and its aliases, {@code <name>-<hostPrefix>-01} and so on.
   *
   * @param name AWS's
   * @param count of aliases, 1 to {@value #MAX_ALIASES}
   */
  public record Group(String name, int count, String hostPrefix) {
    public Group {
      requireName("autoscaling_group_name", name);
      requireName("host_prefix", hostPrefix);
      if (count < 1 || count > MAX_ALIASES) {
        throw new IllegalArgumentException(
            "autoscaling_count of " + name + " is " + count + ": 1 to " + MAX_ALIASES);
      }
    }

    private static void requireName(String key, String text) {
      if (text.isBlank() || text.length() > MAX_NAME) {
        throw new IllegalArgumentException(
            key + " is missing, or longer than " + MAX_NAME + " characters");
      }
      if (text.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(key + " holds a control character");
      }
    }

    /** The names of its aliases, lowest first. */
    List<String> aliases() {
      return IntStream.rangeClosed(1, count)
          .mapToObj(number -> "%s-%02d".formatted(stem(), number))
          .toList();
    }

    /** What its aliases have in common. */
    private String stem() {
      return name + "-" + hostPrefix;
    }

    private boolean hasAliasLike(String host) {
      return host.startsWith(stem() + "-")
          && host.substring(stem().length() + 1).matches("[0-9]{2,}");
    }
  }

  public Groups {
    groups = List.copyOf(groups);
    var stems = new HashMap<String, Group>();
    for (var group : groups) {
      var other = stems.put(group.stem(), group);
      if (other != null) {
        throw new IllegalArgumentException(conflict(other, group));
      }
    }
    var names = new HashMap<String, Group>();
    for (var group : groups) {
      if (names.put(group.name(), group) != null) {
        throw new IllegalArgumentException(
            "the Auto Scaling group " + group.name() + " is there twice: leave one out");
      }
    }
  }

  private static String conflict(Group one, Group other) {
    return String.format(
        Locale.ROOT,
        "the Auto Scaling groups %s (host_prefix %s) and %s (host_prefix %s) would share the alias"
            + " %s: give one of them another host_prefix",
        one.name(),
        one.hostPrefix(),
        other.name(),
        other.hostPrefix(),
        one.aliases().getFirst());
  }

  /**
   * Reads the {@code config} member of an update.
   *
   * @throws JsonException also where groups contradict each other
   */
  public static Groups read(JsonObject config) throws JsonException {
    var groups = new ArrayList<Group>();
    for (var group : config.objects("autoscalings")) {
      try {
        groups.add(
            new Group(
                group.requiredText("autoscaling_group_name"),
                Math.toIntExact(group.requiredLong("autoscaling_count")),
                group.requiredText("host_prefix")));
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new JsonException(group.place() + ": " + e.getMessage());
      }
    }
    try {
      return new Groups(groups);
    } catch (IllegalArgumentException e) {
      throw new JsonException(String.valueOf(e.getMessage()));
    }
  }

  /** The group of that name. */
  Optional<Group> named(String name) {
    return groups.stream().filter(group -> group.name().equals(name)).findFirst();
  }

  /**
   * The group that a host's name belongs to: one of whose aliases it may be, else the one of that
   * name, else the one of the longest name that is followed by a hyphen in it.
   */
  Optional<Group> ofHost(String host) {
    return groups.stream()
        .filter(group -> group.hasAliasLike(host))
        .findFirst()
        .or(() -> named(host))
        .or(
            () ->
                groups.stream()
                    .filter(group -> host.startsWith(group.name() + "-"))
                    .max(Comparator.comparingInt(group -> group.name().length())));
  }
}
