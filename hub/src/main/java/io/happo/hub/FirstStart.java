package io.happo.hub;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonWriter;
import io.happo.hub.api.Access;
import io.happo.hub.store.Users;
import io.happo.program.files.AtomicFile;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What a hub makes at its first start, so that somebody can get in. */
final class FirstStart {
  private static final String ADMIN = "admin";
  private static final int PASSWORD_LENGTH = 20;

  private FirstStart() {}

  /**
   * Makes the account admin when there is no user at all, its password in a file, and the profile
   * by which client commands on this machine get in. Files have mode 0600.
   */
  static void run(Path data, String url, String pin, Users users, Access access, PrintStream stderr)
      throws IOException {
    var profile = data.resolve("client.json");
    if (users.all().isEmpty()) {
      var password = access.secret().substring(0, PASSWORD_LENGTH);
      var file = data.resolve("admin-password");
      AtomicFile.write(file, (password + "\n").getBytes(StandardCharsets.UTF_8));
      access.add(ADMIN, Users.Role.ADMIN, password);
      Files.deleteIfExists(profile);
      stderr.println("happo-hub: made the user admin; the password is in " + file);
    }
    if (Files.exists(profile)) {
      follow(profile, url, pin);
    } else if (users.find(ADMIN).isPresent()) {
      var token = access.newToken(ADMIN, "client.json of the hub's machine", OptionalLong.empty());
      write(profile, url, pin, token);
      stderr.println("happo-hub: client commands get in with --profile " + profile);
    }
  }

  /** The hub may have got another address or certificate since. */
  private static void follow(Path profile, String url, String pin) throws IOException {
    try {
      var json = Json.parseObject(Files.readAllBytes(profile));
      if (!json.text("url").equals(url) || !json.text("pin").equals(pin)) {
        write(profile, url, pin, json.requiredText("token"));
      }
    } catch (JsonException e) {
      // Somebody has made it another file; client commands tell so.
    }
  }

  private static void write(Path profile, String url, String pin, String token) throws IOException {
    AtomicFile.write(
        profile,
        new JsonWriter()
            .beginObject()
            .member("url", url)
            .member("pin", pin)
            .member("token", token)
            .endObject()
            .toBytes());
  }
}
