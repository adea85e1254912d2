package io.happo.agent.metrics;

import io.happo.program.files.AtomicFile;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.StreamDataWriter;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** metrics.yaml on disk. A file that is missing or empty says that nothing is collected. */
public final class MetricConfigFile {
  /**
   * Texts that YAML 1.1 reads as something else than text: they are written in quotes, as the
   * original does.
   */
  private static final Pattern NOT_TEXT =
      Pattern.compile(
          "|~|<<|=|(?i:null|y|n|yes|no|on|off|true|false)"
              + "|[-+]?(\\.inf|\\.Inf|\\.INF)|\\.nan|\\.NaN|\\.NAN"
              + "|[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)"
              + "|[-+]?([0-9][0-9_]*)?\\.?[0-9][0-9_]*\\.?([eE][-+]?[0-9]+)?"
              + "|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])++(\\.[0-9_]*)?"
              + "|\\d{4}-\\d{1,2}-\\d{1,2}([Tt ].*)?");

  /** More than the largest update by default, 2 MiB of JSON, becomes as YAML. */
  private static final int MAX_CHARACTERS = 16 * 1024 * 1024;

  private final Path file;

  public MetricConfigFile(Path file) {
    this.file = file;
  }

  /**
   * Reads the file.
   *
   * @throws IOException with one line that names the file, the place and what is wrong
   */
  public MetricConfig read() throws IOException {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      return MetricConfig.EMPTY;
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is not UTF-8 text", e);
    } catch (IOException e) {
      throw new IOException("cannot read " + file + ": " + Reason.of(e), e);
    }
    try {
      var root =
          new Compose(
                  LoadSettings.builder()
                      .setLabel(file.toString())
                      .setCodePointLimit(MAX_CHARACTERS)
                      .build())
              .composeString(text);
      return root.isPresent() ? config(root.get()) : MetricConfig.EMPTY;
    } catch (MarkedYamlEngineException e) {
      var line = e.getProblemMark().map(mark -> ", line " + (mark.getLine() + 1)).orElse("");
      throw new IOException(file + line + ": " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new IOException(
          file + ": " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
  }

  /** Writes the file whole or not at all; owner and mode of an existing file stay. */
  public void write(MetricConfig config) throws IOException {
    var out = new StringWriter();
    new Dump(DumpSettings.builder().setWidth(Integer.MAX_VALUE).setSplitLines(false).build())
        .dumpNode(node(config), out);
    AtomicFile.write(file, out.text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private MetricConfig config(Node root) throws IOException {
    if (isNull(root)) {
      return MetricConfig.EMPTY;
    }
    refuseOtherKeys(root, "metrics");
    var hosts = new ArrayList<MetricConfig.Host>();
    for (var host : list(root, "metrics")) {
      refuseOtherKeys(host, "hostname", "plugins");
      // An empty one is what /metric/config/update makes of none, as the original does.
      if (find(host, "hostname").filter(name -> !isNull(name)).isEmpty()) {
        throw problem(host, "hostname is missing");
      }
      var plugins = new ArrayList<MetricConfig.Plugin>();
      for (var plugin : list(host, "plugins")) {
        refuseOtherKeys(plugin, "plugin_name", "plugin_option");
        var name = text(plugin, "plugin_name");
        if (name.isEmpty()) {
          throw problem(plugin, "plugin_name is missing");
        }
        plugins.add(new MetricConfig.Plugin(name, text(plugin, "plugin_option")));
      }
      hosts.add(new MetricConfig.Host(text(host, "hostname"), plugins));
    }
    return new MetricConfig(hosts);
  }

  /** A key that nobody reads is a slip, and whoever made it waits for metrics that never come. */
  private void refuseOtherKeys(Node node, String... known) throws IOException {
    if (!(node instanceof MappingNode mapping)) {
      throw problem(node, "expected keys and values with the key " + known[0]);
    }
    for (var pair : mapping.getValue()) {
      var key = pair.getKeyNode() instanceof ScalarNode name ? name.getValue() : "";
      if (!List.of(known).contains(key)) {
        throw problem(
            pair.getKeyNode(), "unknown key '" + key + "'; expected " + String.join(" or ", known));
      }
    }
  }

  private List<Node> list(Node mapping, String key) throws IOException {
    var value = find(mapping, key);
    if (value.isEmpty() || isNull(value.get())) {
      return List.of();
    }
    if (value.get() instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    throw problem(value.get(), key + " is not a list");
  }

  private String text(Node mapping, String key) throws IOException {
    var value = find(mapping, key);
    if (value.isEmpty()) {
      return "";
    }
    if (value.get() instanceof ScalarNode scalar) {
      return isNull(scalar) ? "" : scalar.getValue();
    }
    throw problem(value.get(), key + " is not a text");
  }

  private Optional<Node> find(Node node, String key) throws IOException {
    if (!(node instanceof MappingNode mapping)) {
      throw problem(node, "expected keys and values with the key " + key);
    }
    return mapping.getValue().stream()
        .filter(pair -> pair.getKeyNode() instanceof ScalarNode name && name.getValue().equals(key))
        .map(NodeTuple::getValueNode)
        .findFirst();
  }

  private IOException problem(Node node, String what) {
    var line = node.getStartMark().map(mark -> ", line " + (mark.getLine() + 1)).orElse("");
    return new IOException(file + line + ": " + what);
  }

  private static boolean isNull(Node node) {
    return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
  }

  private static Node node(MetricConfig config) {
    var hosts = new ArrayList<Node>();
    for (var host : config.hosts()) {
      var plugins = new ArrayList<Node>();
      for (var plugin : host.plugins()) {
        plugins.add(
            mapping(
                pair("plugin_name", scalar(plugin.name())),
                pair("plugin_option", scalar(plugin.option()))));
      }
      hosts.add(
          mapping(pair("hostname", scalar(host.hostname())), pair("plugins", sequence(plugins))));
    }
    return mapping(pair("metrics", sequence(hosts)));
  }

  private static Node mapping(NodeTuple... pairs) {
    return new MappingNode(Tag.MAP, List.of(pairs), FlowStyle.BLOCK);
  }

  private static NodeTuple pair(String key, Node value) {
    return new NodeTuple(new ScalarNode(Tag.STR, key, ScalarStyle.PLAIN), value);
  }

  private static Node sequence(List<Node> items) {
    return new SequenceNode(Tag.SEQ, items, items.isEmpty() ? FlowStyle.FLOW : FlowStyle.BLOCK);
  }

  private static Node scalar(String text) {
    var style =
        text.contains("\n")
            ? ScalarStyle.LITERAL
            : NOT_TEXT.matcher(text).matches() ? ScalarStyle.DOUBLE_QUOTED : ScalarStyle.PLAIN;
    return new ScalarNode(Tag.STR, text, style);
  }

  private static final class StringWriter implements StreamDataWriter {
    private final StringBuilder text = new StringBuilder();

    @Override
    public void write(String part) {
      text.append(part);
    }

    @Override
    public void write(String part, int offset, int length) {
      text.append(part, offset, offset + length);
    }
  }
}
