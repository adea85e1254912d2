package io.happo.hub.cli;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonWriter;
import io.happo.net.Trust;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Failure;
import io.happo.program.files.AtomicFile;
import io.happo.program.files.Directory;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a hub is and how to get in, kept in a file of mode 0600.
 *
 * @param pin SHA-256 of its certificate's public key, hexadecimal
 * @param ca authorities, when there is no pin
 */
record Profile(String url, Optional<String> pin, Optional<Path> ca, String token) {
  static Path file(Arguments arguments) {
    if (arguments.has("profile")) {
      return arguments.path("profile");
    }
    return Path.of(System.getProperty("user.home", "."), ".config", "happo", "hub.json");
  }

  static Profile read(Path file) throws Failure {
    try {
      var json = Json.parseObject(Files.readAllBytes(file));
      var pin = json.text("pin");
      var ca = json.text("ca");
      return new Profile(
          json.requiredText("url"),
          pin.isEmpty() ? Optional.empty() : Optional.of(pin),
          ca.isEmpty() ? Optional.empty() : Optional.of(Path.of(ca)),
          json.requiredText("token"));
    } catch (NoSuchFileException e) {
      throw new Failure(
          "there is no profile "
              + file
              + ": run 'happo-hub login URL' once, or name the client.json in the hub's data folder"
              + " with --profile");
    } catch (IOException e) {
      throw new Failure("cannot read the profile " + file + ": " + Reason.of(e));
    } catch (JsonException e) {
      throw new Failure("the profile " + file + " is damaged: " + e.getMessage());
    }
  }

  void write(Path file) throws Failure {
    var json =
        new JsonWriter()
            .beginObject()
            .member("url", url)
            .member("pin", pin.orElse(""))
            .member("ca", ca.map(Path::toString).orElse(""))
            .member("token", token)
            .endObject();
    try {
      var folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Directory.create(folder);
      }
      AtomicFile.write(file, json.toBytes());
    } catch (IOException e) {
      throw new Failure(String.valueOf(e.getMessage()));
    }
  }

  Trust trust() {
    if (pin.isPresent()) {
      return Trust.Pin.of(pin.get());
    }
    return ca.isPresent() ? new Trust.Authorities(ca.get()) : new Trust.PublicRoots();
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "Profile[" + url + "]";
  }
}
