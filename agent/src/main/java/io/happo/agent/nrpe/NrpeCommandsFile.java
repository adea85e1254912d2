package io.happo.agent.nrpe;

import io.happo.agent.nrpe.Finding.Severity;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Commands for a door without nrpe.cfg: a YAML file of {@code name: line}. Names and lines mean
 * what they mean in nrpe.cfg, {@code $ARG1$} included. At most {@value #MAX_BYTES} bytes. A file
 * that is empty has no commands.
 */
public final class NrpeCommandsFile {
  static final int MAX_BYTES = 2 << 20;

  /** What NRPE would keep of a command line. */
  static final int MAX_LINE_BYTES = 2047;

  private final Path file;
  private final List<Finding> problems = new ArrayList<>();

  private NrpeCommandsFile(Path file) {
    this.file = file;
  }

  /**
   * Reads the file.
   *
   * @return name to command line, in the order of the file
   * @throws IOException that tells all that is wrong, each with its line, separated by {@code ;}
   */
  public static Map<String, String> read(Path file) throws IOException {
    return new NrpeCommandsFile(file).read();
  }

  private Map<String, String> read() throws IOException {
    var text = text();
    try {
      var settings = LoadSettings.builder().setLabel(file.toString()).build();
      var root = new Compose(settings).composeString(text);
      var commands = new LinkedHashMap<String, String>();
      if (root.isPresent() && !isNull(root.get())) {
        commands(root.get(), commands);
      }
      if (!problems.isEmpty()) {
        throw new IOException(
            problems.stream()
                .map(problem -> problem.place() + ": " + problem.said())
                .collect(Collectors.joining("; ")));
      }
      return commands;
    } catch (MarkedYamlEngineException e) {
      var line = e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
      throw new IOException(file + line + ": " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new IOException(
          file + ": " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
  }

  private String text() throws IOException {
    try {
      if (Files.isDirectory(file)) {
        throw new IOException(file + " is a folder; name a file of commands");
      }
      byte[] bytes;
      try (var in = Files.newInputStream(file)) {
        bytes = in.readNBytes(MAX_BYTES + 1);
      } catch (IOException e) {
        throw new IOException("cannot read " + file + ": " + Reason.of(e), e);
      }
      if (bytes.length > MAX_BYTES) {
        throw new IOException(file + " has more than " + MAX_BYTES + " bytes; shorten it");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is not UTF-8 text; convert it with iconv", e);
    }
  }

  private void commands(Node root, Map<String, String> commands) {
    if (!(root instanceof MappingNode mapping)) {
      problem(root, "", "expected lines of NAME: COMMAND");
      return;
    }
    if (mapping.getValue().size() > NrpeSettings.MAX_COMMANDS) {
      problem(root, "", "there are more than " + NrpeSettings.MAX_COMMANDS + " commands");
      return;
    }
    for (var pair : mapping.getValue()) {
      var name = pair.getKeyNode() instanceof ScalarNode key ? key.getValue() : "";
      if (name.isEmpty()) {
        problem(pair.getKeyNode(), "", "a command has a text for its name");
      } else if (!(pair.getValueNode() instanceof ScalarNode line)) {
        problem(
            pair.getValueNode(), name, "is no text; write its command line, in quotes if need be");
      } else if (isNull(line) || line.getValue().isBlank()) {
        problem(line, name, "has no command line");
      } else if (line.getValue().getBytes(StandardCharsets.UTF_8).length > MAX_LINE_BYTES) {
        problem(line, name, "is longer than " + MAX_LINE_BYTES + " bytes; put it into a script");
      } else if ((name + line.getValue()).indexOf(0) >= 0) {
        problem(line, name, "holds a NUL, as no command does");
      } else {
        // The last of several definitions counts, as in nrpe.cfg; its place is that of the first.
        commands.put(name, line.getValue());
      }
    }
  }

  private void problem(Node at, String name, String message) {
    int line = at.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    problems.add(new Finding(Severity.ERROR, file.toString(), line, name, message));
  }

  private static boolean isNull(Node node) {
    return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
  }
}
