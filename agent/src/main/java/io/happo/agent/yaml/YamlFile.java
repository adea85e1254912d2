package io.happo.agent.yaml;

import io.happo.program.files.AtomicFile;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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

/**
 * A file of keys, lists and texts. Whatever is wrong with it is one line with the file, the line
 * and the fault.
 */
public final class YamlFile {
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

  private final Path path;

  public YamlFile(Path path) {
    this.path = path;
  }

  public Path path() {
    return path;
  }

  /**
   * What the file holds; empty where it is missing, empty, or holds comments alone.
   *
   * @throws IOException with one line that names the file, the place and what is wrong
   */
  public Optional<Node> read() throws IOException {
    String text;
    try {
      text = Files.readString(path);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (CharacterCodingException e) {
      throw new IOException(path + " is not UTF-8 text", e);
    } catch (IOException e) {
      throw new IOException("cannot read " + path + ": " + Reason.of(e), e);
    }
    try {
      return new Compose(
              LoadSettings.builder()
                  .setLabel(path.toString())
                  .setCodePointLimit(MAX_CHARACTERS)
                  .build())
          .composeString(text)
          .filter(root -> !isNull(root));
    } catch (MarkedYamlEngineException e) {
      var line = e.getProblemMark().map(mark -> ", line " + (mark.getLine() + 1)).orElse("");
      throw new IOException(path + line + ": " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new IOException(
          path + ": " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
  }

  /** Writes the file whole or not at all; owner and mode of an existing file stay. */
  public void write(Node root) throws IOException {
    var out = new StringWriter();
    new Dump(DumpSettings.builder().setWidth(Integer.MAX_VALUE).setSplitLines(false).build())
        .dumpNode(root, out);
    AtomicFile.write(path, out.text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** A key that nobody reads is a slip, and whoever made it waits for what never comes. */
  public void refuseOtherKeys(Node node, String... known) throws IOException {
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

  /** The list under a key; empty where it is missing. */
  public List<Node> list(Node mapping, String key) throws IOException {
    var value = find(mapping, key);
    if (value.isEmpty()) {
      return List.of();
    }
    if (value.get() instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    throw problem(value.get(), key + " is not a list");
  }

  /** The text under a key; empty where it is missing. */
  public String text(Node mapping, String key) throws IOException {
    var value = find(mapping, key);
    if (value.isEmpty()) {
      return "";
    }
    if (value.get() instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw problem(value.get(), key + " is not a text");
  }

  /** What is under a key; empty where it is missing or nothing. */
  public Optional<Node> find(Node node, String key) throws IOException {
    if (!(node instanceof MappingNode mapping)) {
      throw problem(node, "expected keys and values with the key " + key);
    }
    return mapping.getValue().stream()
        .filter(pair -> pair.getKeyNode() instanceof ScalarNode name && name.getValue().equals(key))
        .map(NodeTuple::getValueNode)
        .findFirst()
        .filter(value -> !isNull(value));
  }

  /** What is wrong there, for the person who wrote it. */
  public IOException problem(Node node, String what) {
    var line = node.getStartMark().map(mark -> ", line " + (mark.getLine() + 1)).orElse("");
    return new IOException(path + line + ": " + what);
  }

  private static boolean isNull(Node node) {
    return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
  }

  /** Keys and values, a line for each. */
  public static Node mapping(NodeTuple... pairs) {
    return new MappingNode(Tag.MAP, List.of(pairs), FlowStyle.BLOCK);
  }

  public static NodeTuple pair(String key, Node value) {
    return new NodeTuple(new ScalarNode(Tag.STR, key, ScalarStyle.PLAIN), value);
  }

  public static Node sequence(List<Node> items) {
    return new SequenceNode(Tag.SEQ, items, items.isEmpty() ? FlowStyle.FLOW : FlowStyle.BLOCK);
  }

  public static Node scalar(String text) {
    var style =
        text.contains("\n")
            ? ScalarStyle.LITERAL
            : NOT_TEXT.matcher(text).matches() ? ScalarStyle.DOUBLE_QUOTED : ScalarStyle.PLAIN;
    return new ScalarNode(Tag.STR, text, style);
  }

  public static Node scalar(int number) {
    return new ScalarNode(Tag.INT, Integer.toString(number), ScalarStyle.PLAIN);
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
