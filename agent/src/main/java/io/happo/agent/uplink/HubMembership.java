package io.happo.agent.uplink;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonWriter;
import io.happo.net.Trust;
import io.happo.program.files.AtomicFile;
import io.happo.program.files.Directory;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The hub that the agent belongs to, kept in a file of mode 0600.
 *
 * @param hub its address: https, a host, perhaps a port
 * @param hubId whom to find there
 * @param pin SHA-256 of its certificate's public key, hexadecimal; absent when public roots vouch
 *     for it
 * @param signingKey by which it signs bundles: SubjectPublicKeyInfo, base64
 * @param learnt where else it is, as it has said: host:port
 * @param lastWorked the address, host:port, of the last session
 */
public record HubMembership(
    URI hub,
    String hubId,
    Optional<String> pin,
    String signingKey,
    List<String> learnt,
    Optional<String> lastWorked) {
  /** Its name in the agent's data folder. */
  public static final String FILE_NAME = "hub.json";

  /** The name of the agent's own key beside it. */
  public static final String KEY_NAME = "hub.key";

  private static final int MAX_LEARNT = 16;

  public HubMembership {
    learnt = List.copyOf(learnt.subList(0, Math.min(MAX_LEARNT, learnt.size())));
    var path = hub.getRawPath();
    if (!"https".equalsIgnoreCase(hub.getScheme())
        || hub.getRawAuthority() == null
        || hub.getRawUserInfo() != null
        || hub.getRawQuery() != null
        || !(path == null || path.isEmpty() || path.equals("/"))) {
      throw new IllegalArgumentException(
          "no address of a hub: " + hub + "; give https://host:port");
    }
    hub = URI.create("https://" + hub.getRawAuthority());
  }

  /**
   * Reads the file; empty when there is none.
   *
   * @throws IOException one line that says what to do, when it cannot be read or is damaged
   */
  public static Optional<HubMembership> read(Path file) throws IOException {
    try {
      var json = Json.parseObject(Files.readAllBytes(file));
      var pin = json.text("pin");
      var last = json.text("lastWorked");
      return Optional.of(
          new HubMembership(
              URI.create(json.requiredText("hub")),
              json.requiredText("hubId"),
              pin.isEmpty() ? Optional.empty() : Optional.of(pin),
              json.text("signingKey"),
              json.texts("learnt"),
              last.isEmpty() ? Optional.empty() : Optional.of(last)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonException | IllegalArgumentException e) {
      throw new IOException(
          file + " is damaged: " + e.getMessage() + "; delete it and join the hub again", e);
    } catch (IOException e) {
      throw new IOException(file + " cannot be read: " + Reason.of(e), e);
    }
  }

  /** Writes the file; durable on return. */
  public void write(Path file) throws IOException {
    var folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Directory.create(folder);
    }
    var json =
        new JsonWriter()
            .beginObject()
            .member("hub", hub.toString())
            .member("hubId", hubId)
            .member("pin", pin.orElse(""))
            .member("signingKey", signingKey)
            .key("learnt")
            .beginArray();
    learnt.forEach(json::value);
    json.endArray().member("lastWorked", lastWorked.orElse(""));
    AtomicFile.write(file, json.endObject().toBytes());
  }

  /** The same with the key by which the hub signs. */
  HubMembership signedBy(String key) {
    return new HubMembership(hub, hubId, pin, key, learnt, lastWorked);
  }

  /** The same with what the last session has taught. */
  HubMembership with(List<String> addresses, String worked) {
    return new HubMembership(hub, hubId, pin, signingKey, addresses, Optional.of(worked));
  }

  /** Whom to believe that it is the hub. */
  public Trust trust() {
    return trust(pin);
  }

  static Trust trust(Optional<String> pin) {
    return pin.isPresent() ? Trust.Pin.of(pin.get()) : new Trust.PublicRoots();
  }
}
