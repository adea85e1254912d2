package io.happo.agent.probes;

import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.Status;
import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.net.ClientSocket;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The daemon of Docker, or Podman's twin of it, by the Engine API (its paths without a version,
 * which every version has). A connection for each question.
 *
 * @param where path of a socket, or {@code HOST:PORT} without TLS
 */
record DockerDaemon(String where, Machine machine) {
  private static final int PORT = 2_375;

  /** What it says at that path; null when there is nothing. */
  private @Nullable JsonValue ask(String path) throws CheckException, InterruptedException {
    try (var page = new HttpPage(false);
        var socket = connect()) {
      var request = "GET " + path + " HTTP/1.0\r\nHost: docker\r\n\r\n";
      socket.output().write(request.getBytes(StandardCharsets.US_ASCII));
      page.read(socket.input());
      if (page.code() == 404) {
        return null;
      }
      if (page.code() != 200) {
        throw problem("says " + OneLine.of(page.size() == 0 ? "nothing" : page.statusLine()));
      }
      return Json.parse(page.body());
    } catch (IOException e) {
      Reach.endIfOver(e);
      var why = String.valueOf(e.getMessage());
      if (why.contains("ermission denied")) {
        throw CheckException.unknown(
            OneLine.of(where)
                + " may not be opened by the agent: add its user to the group docker, and start it"
                + " anew");
      }
      throw problem("cannot be reached: " + OneLine.of(why));
    } catch (JsonException e) {
      throw problem("says what is not understood: " + Reach.words(e));
    }
  }

  private ClientSocket connect() throws IOException, InterruptedException {
    if (where.startsWith("/")) {
      return ClientSocket.connect(UnixDomainSocketAddress.of(where), machine.left());
    }
    var there = new HttpTarget.HostPort(where);
    int port = there.port() <= 0 ? PORT : there.port();
    return Reach.connect(there.host(), port, Reach.Family.ANY, machine);
  }

  private CheckException problem(String what) {
    return new CheckException(
        Status.CRITICAL, "DOCKER CRITICAL - the daemon at " + OneLine.of(where) + " " + what);
  }

  /** All containers there are, also those that do not run. */
  List<DockerContainer> containers() throws CheckException, InterruptedException {
    var containers = new ArrayList<DockerContainer>();
    try {
      if (!(ask("/containers/json?all=1") instanceof JsonValue.Array array)) {
        throw problem("says what is no list of containers");
      }
      for (var value : array.values()) {
        if (value instanceof JsonObject one) {
          containers.add(DockerContainer.of(one));
        }
      }
      return containers;
    } catch (JsonException e) {
      throw problem("says what is not understood: " + Reach.words(e));
    }
  }

  /** How often a container was started anew; -1 when it is there no more. */
  long restarts(DockerContainer container) throws CheckException, InterruptedException {
    try {
      var answer = ask("/containers/" + container.id() + "/json");
      if (answer instanceof JsonObject one) {
        return one.requiredLong("RestartCount");
      }
      if (answer == null) {
        return -1;
      }
      throw problem("says what is no container");
    } catch (JsonException e) {
      throw problem("says what is not understood: " + Reach.words(e));
    }
  }
}
