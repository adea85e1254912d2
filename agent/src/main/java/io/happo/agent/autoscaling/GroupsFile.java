package io.happo.agent.autoscaling;

import static io.happo.agent.yaml.YamlFile.mapping;
import static io.happo.agent.yaml.YamlFile.pair;
import static io.happo.agent.yaml.YamlFile.scalar;
import static io.happo.agent.yaml.YamlFile.sequence;

import io.happo.agent.yaml.YamlFile;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * autoscaling.yaml on disk. Who edits it need not tell the agent: it is read anew where it has
 * changed, and if it is wrong then, what it said before holds. Any thread.
 */
public final class GroupsFile {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.autoscaling");

  private final YamlFile yaml;
  private Optional<Groups> groups = Optional.empty(); // Under this, as the next two.
  private long modified;
  private long length;

  private GroupsFile(YamlFile yaml) {
    this.yaml = yaml;
  }

  /**
   * Reads the file. That there is none is no fault.
   *
   * @throws IOException with one line that names the file, the place and what is wrong
   */
  public static GroupsFile open(Path path) throws IOException {
    var file = new GroupsFile(new YamlFile(path));
    file.readAnew();
    return file;
  }

  Path path() {
    return yaml.path();
  }

  /** What it says; empty where there is no file. */
  synchronized Optional<Groups> current() {
    if (hasChanged()) {
      try {
        readAnew();
      } catch (IOException e) {
        LOG.log(Level.ERROR, "{0}; the Auto Scaling groups stay as they were", e.getMessage());
      }
    }
    return groups;
  }

  /** Writes the file whole or not at all. */
  synchronized void write(Groups wanted) throws IOException {
    var nodes = new ArrayList<Node>();
    for (var group : wanted.groups()) {
      nodes.add(
          mapping(
              pair("autoscaling_group_name", scalar(group.name())),
              pair("autoscaling_count", scalar(group.count())),
              pair("host_prefix", scalar(group.hostPrefix()))));
    }
    yaml.write(mapping(pair("autoscalings", sequence(nodes))));
    hasChanged();
    groups = Optional.of(wanted);
  }

  private boolean hasChanged() {
    var file = yaml.path().toFile(); // Which asks for no exception where there is none.
    long modifiedNow = file.lastModified();
    long lengthNow = file.length();
    boolean changed = modified != modifiedNow || length != lengthNow;
    modified = modifiedNow;
    length = lengthNow;
    return changed;
  }

  private synchronized void readAnew() throws IOException {
    hasChanged();
    if (!yaml.path().toFile().exists()) {
      groups = Optional.empty();
      return;
    }
    var root = yaml.read();
    groups = Optional.of(root.isPresent() ? groups(root.get()) : Groups.NONE);
  }

  private Groups groups(Node root) throws IOException {
    yaml.refuseOtherKeys(root, "autoscalings");
    var read = new ArrayList<Groups.Group>();
    for (var node : yaml.list(root, "autoscalings")) {
      yaml.refuseOtherKeys(node, "autoscaling_group_name", "autoscaling_count", "host_prefix");
      try {
        read.add(
            new Groups.Group(
                yaml.text(node, "autoscaling_group_name"),
                Integer.parseInt(yaml.text(node, "autoscaling_count")),
                yaml.text(node, "host_prefix")));
      } catch (NumberFormatException e) {
        throw yaml.problem(node, "autoscaling_count is missing, or no whole number");
      } catch (IllegalArgumentException e) {
        throw yaml.problem(node, String.valueOf(e.getMessage()));
      }
    }
    try {
      return new Groups(read);
    } catch (IllegalArgumentException e) {
      throw new IOException(yaml.path() + ": " + e.getMessage(), e);
    }
  }
}
