package io.happo.hub.cli;

import io.happo.core.JsonWriter;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What {@code --kind}, {@code --set} and {@code --secret} say of a channel or an output. */
record GivenSettings(String kind, Map<String, String> settings) {
  static final Option SET =
      Option.of("set", Type.TEXT, "NAME=VALUE", "A setting of it.").thatRepeats();

  static final Option SECRET =
      Option.of(
              "secret",
              Type.TEXT,
              "NAME=FILE",
              "A secret setting: the first line of a file; - is standard input.")
          .thatRepeats();

  static GivenSettings of(Console console, Arguments arguments) throws Failure {
    var settings = new TreeMap<String, String>();
    for (var one : arguments.texts("set")) {
      int equals = equals("--set", one, "NAME=VALUE");
      settings.put(one.substring(0, equals), one.substring(equals + 1));
    }
    for (var one : arguments.texts("secret")) {
      int equals = equals("--secret", one, "NAME=FILE");
      var name = one.substring(0, equals);
      var file = one.substring(equals + 1);
      if (file.isEmpty()) {
        throw new Failure("--secret: " + one + " names no file; --set " + one + " clears a secret");
      }
      settings.put(name, secret(console, file));
    }
    return new GivenSettings(arguments.has("kind") ? arguments.text("kind") : "", settings);
  }

  private static int equals(String option, String text, String form) throws Failure {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new Failure(option + ": '" + text + "' is not " + form);
    }
    return equals;
  }

  /** The first line of a file. */
  private static String secret(Console console, String file) throws Failure {
    if (file.equals("-")) {
      return Login.password(console, "Secret: ");
    }
    try (var lines = Files.lines(Path.of(file))) {
      return lines.findFirst().orElse("").strip();
    } catch (IOException | RuntimeException e) {
      throw new Failure("--secret: " + file + " cannot be read: " + e.getMessage());
    }
  }

  /** As the REST API takes it. */
  String toJson() {
    var json = new JsonWriter().beginObject().member("kind", kind).key("settings").beginObject();
    settings.forEach(json::member);
    return json.endObject().endObject().toString();
  }
}
