package io.happo.agent.exec;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The directories that plugins are looked up in; the first that has the name wins, be it a plugin
 * that can run or not.
 *
 * @param directories in the order searched, at least one
 */
public record PluginPaths(List<Path> directories) {
  public PluginPaths {
    directories = List.copyOf(directories);
    if (directories.isEmpty()) {
      throw new IllegalArgumentException("Plugins need at least one directory to be looked up in");
    }
  }

  /** The plugin of that name; empty when no directory has it, or when it is refused. */
  public Optional<Path> find(String name) {
    return refuse(name).isPresent()
        ? Optional.empty()
        : directories.stream()
            .map(directory -> directory.resolve(name))
            .filter(Files::exists)
            .findFirst();
  }

  /**
   * Why a name is not looked up at all, so that no request can leave the directories or pass an
   * option for a name; empty when the name is fine.
   */
  public static Optional<String> refuse(String name) {
    if (name.isEmpty()) {
      return Optional.of("The plugin has no name");
    }
    if (name.equals(".") || name.equals("..")) {
      return Optional.of("The plugin's name is a directory; give the name of a file");
    }
    if (name.startsWith("-")) {
      return Optional.of("The plugin's name begins with a hyphen, as only options do");
    }
    try {
      return name.indexOf('/') >= 0 || Path.of(name).getNameCount() > 1
          ? Optional.of("The plugin's name has a directory in it; give the name alone")
          : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.of("The plugin's name cannot be that of a file: " + e.getReason());
    }
  }
}
