package io.happo.program.cli;

import io.happo.net.Headers;
import io.happo.net.HttpsClient;
import io.happo.net.Response;
import io.happo.net.Trust;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;

/**
 * The server that a client talks to: an agent or the management server. Believes any certificate,
 * as the original does, unless {@code --ca} or {@code --pin} was given.
 */
public final class Peer implements AutoCloseable {
  private final String endpoint;
  private final URI uri;
  private final Duration deadline;
  private final HttpsClient client;

  private Peer(String endpoint, URI uri, Duration deadline, HttpsClient client) {
    this.endpoint = endpoint;
    this.uri = uri;
    this.deadline = deadline;
    this.client = client;
  }

  /**
   * Prepares to talk; connects to nothing yet.
   *
   * @param endpoint {@code http://} or {@code https://}, host, port, and what the paths begin with
   * @param arguments of a command that has the options {@code ca} and {@code pin}
   * @param deadline of each request, from name lookup to the last byte
   */
  public static Peer at(String endpoint, Arguments arguments, Duration deadline) throws Failure {
    int end = endpoint.length();
    while (end > 0 && endpoint.charAt(end - 1) == '/') {
      end--;
    }
    var uri = uri(endpoint.substring(0, end));
    var trust = trust(arguments);
    boolean isEncrypted = uri.getScheme().equalsIgnoreCase("https");
    if (!isEncrypted && !(trust instanceof Trust.Anything)) {
      throw new Failure(
          "--ca and --pin need an https:// address, " + endpoint + " is not encrypted");
    }
    return new Peer(
        endpoint.substring(0, end), uri, deadline, new HttpsClient(trust, Optional.empty()));
  }

  /** Posts JSON and returns the answer, whatever its status. */
  public Response post(String path, byte[] json) throws Failure {
    return send("POST", path, Headers.of("Content-Type", "application/json"), json);
  }

  /**
   * Gets an answer, whatever its status.
   *
   * @param key API key; empty: none
   */
  public Response get(String path, String key) throws Failure {
    var headers = key.isEmpty() ? Headers.NONE : Headers.of("Authorization", "Bearer " + key);
    return send("GET", path, headers, new byte[0]);
  }

  @Override
  public void close() {
    client.close();
  }

  private Response send(String method, String path, Headers headers, byte[] body) throws Failure {
    try {
      return client.send(method, URI.create(endpoint + path), headers, body, deadline);
    } catch (SocketTimeoutException _) {
      throw new Failure(
          "no answer from " + uri.getAuthority() + " within " + deadline.toSeconds() + " seconds");
    } catch (UnknownHostException _) {
      throw new Failure(
          "cannot find the address of '" + uri.getHost() + "': check the name and the DNS");
    } catch (ConnectException _) {
      throw new Failure("cannot connect to " + uri.getAuthority() + ": connection refused");
    } catch (IOException e) {
      // The client's words: they name the peer, and what TLS or HTTP went wrong.
      throw new Failure(String.valueOf(e.getMessage()));
    }
  }

  private static URI uri(String endpoint) throws Failure {
    try {
      var uri = new URI(endpoint);
      if (uri.getUserInfo() != null) {
        throw new Failure(
            "an address must not hold a user name or password: they would show in messages");
      }
      var scheme = uri.getScheme();
      boolean isHttp = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
      if (isHttp && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException _) {
      // Told below, with what is expected.
    }
    throw new Failure("'" + endpoint + "' is not an address like https://192.0.2.1:6777");
  }

  private static Trust trust(Arguments arguments) throws Failure {
    if (arguments.has("ca") && arguments.has("pin")) {
      throw new Failure("--ca and --pin exclude each other: give one of them");
    }
    if (arguments.has("pin")) {
      return new Trust.Pin(arguments.digest("pin"));
    }
    if (!arguments.has("ca")) {
      return new Trust.Anything();
    }
    var file = arguments.path("ca");
    if (Files.isDirectory(file)) {
      throw new Failure("--ca: " + file + " is a folder: name the PEM file of the authorities");
    }
    if (!Files.isReadable(file)) {
      throw new Failure("--ca: cannot read " + file + ": check that it is there and may be read");
    }
    return new Trust.Authorities(file);
  }
}
