package io.happo.hub.cli;

import io.happo.core.JsonException;
import io.happo.core.JsonWriter;
import io.happo.net.Trust;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/** Gets an API token for a password, and keeps it. */
final class Login {
  private final Console console;
  private final Arguments arguments;

  Login(Console console, Arguments arguments) {
    this.console = console;
    this.arguments = arguments;
  }

  int run() throws Failure, JsonException {
    var url = arguments.operands().getFirst();
    url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    if (!url.startsWith("https://")) {
      throw new Failure("'" + url + "' is no https://NAME[:PORT]");
    }
    if (arguments.has("pin") && arguments.has("ca")) {
      throw new Failure("--ca and --pin exclude each other: give one of them");
    }
    Optional<String> pin =
        arguments.has("pin")
            ? Optional.of(HexFormat.of().formatHex(arguments.digest("pin")))
            : Optional.empty();
    var ca =
        arguments.has("ca")
            ? Optional.of(arguments.path("ca").toAbsolutePath())
            : Optional.<java.nio.file.Path>empty();
    Trust trust =
        pin.isPresent()
            ? Trust.Pin.of(pin.get())
            : ca.isPresent() ? new Trust.Authorities(ca.get()) : new Trust.PublicRoots();
    var user = arguments.text("user");
    String token;
    try (var hub = new HubClient(url, trust, Optional.empty())) {
      var json =
          new JsonWriter()
              .beginObject()
              .member("user", user)
              .member("password", password(console, "Password of " + user + ": "))
              .member("label", "login")
              .endObject();
      token = hub.post("/v1/login", json.toString()).requiredText("token");
    } catch (Failure e) {
      throw trust instanceof Trust.PublicRoots && String.valueOf(e.getMessage()).contains("trusted")
          ? new Failure(
              e.getMessage()
                  + "; give --pin, which client.json in the hub's data folder holds, or --ca")
          : e;
    }
    var file = Profile.file(arguments);
    new Profile(url, pin, ca, token).write(file);
    console.say("Logged in; the profile is " + file + "\n");
    return 0;
  }

  /** From the terminal, without showing it; or the first line of standard input. */
  @SuppressWarnings("SystemConsoleNull") // It is annotated so.
  static String password(Console console, String prompt) throws Failure {
    var terminal = System.console();
    if (terminal != null && terminal.isTerminal()) {
      var typed = terminal.readPassword("%s", prompt);
      if (typed == null) {
        throw new Failure("no password was given");
      }
      return new String(typed);
    }
    var line = new ByteArrayOutputStream();
    try {
      for (int c = console.in().read(); c >= 0 && c != '\n'; c = console.in().read()) {
        line.write(c);
      }
    } catch (IOException e) {
      throw new Failure("the password cannot be read from standard input: " + e.getMessage());
    }
    var password = line.toString(StandardCharsets.UTF_8);
    if (password.isBlank()) {
      throw new Failure(
          "there is no terminal to ask on, and the first line of standard input is empty: give the"
              + " password there, as in 'happo-hub login URL <password-file'");
    }
    return password.endsWith("\r") ? password.substring(0, password.length() - 1) : password;
  }
}
