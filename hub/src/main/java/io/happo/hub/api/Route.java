package io.happo.hub.api;

import io.happo.core.JsonWriter;
import io.happo.hub.store.Users.Role;
import io.happo.net.Response;
import java.util.List;
import java.util.Optional;

/**
 * One entry of the API.
 *
 * @param path as {@link io.happo.net.Router} takes it: {@code /v1/agents/:id}
 * @param needs the least role; empty: anybody may ask
 * @param summary one line
 * @param query parameters of the query
 * @param takes members of the body; empty when it takes none
 * @param takesType of a body that is no JSON; empty when it takes none
 * @param gives members of the answer; empty when it has none
 * @param givesType of an answer that is no JSON; empty when it gives none
 */
record Route(
    String method,
    String path,
    Optional<Role> needs,
    String summary,
    List<Field> query,
    List<Field> takes,
    String takesType,
    List<Field> gives,
    String givesType,
    Answering answering) {
  /** Makes the answer. */
  @FunctionalInterface
  interface Answering {
    Response answer(Call call) throws Exception;
  }

  /** Writes the members of an answer. */
  @FunctionalInterface
  interface Members {
    void write(JsonWriter json);
  }

  Route {
    query = List.copyOf(query);
    takes = List.copyOf(takes);
    gives = List.copyOf(gives);
  }

  static Route of(String method, String path, Role needs, String summary, Answering answering) {
    return new Route(
        method,
        path,
        Optional.of(needs),
        summary,
        List.of(),
        List.of(),
        "",
        List.of(),
        "",
        answering);
  }

  /** For anybody. */
  Route open() {
    return new Route(
        method,
        path,
        Optional.empty(),
        summary,
        query,
        takes,
        takesType,
        gives,
        givesType,
        answering);
  }

  Route asking(Field... fields) {
    return new Route(
        method,
        path,
        needs,
        summary,
        List.of(fields),
        takes,
        takesType,
        gives,
        givesType,
        answering);
  }

  Route taking(Field... fields) {
    return new Route(
        method,
        path,
        needs,
        summary,
        query,
        List.of(fields),
        takesType,
        gives,
        givesType,
        answering);
  }

  /** A body of that type, which is handed on as it is. */
  Route takingBytes(String type) {
    return new Route(method, path, needs, summary, query, takes, type, gives, givesType, answering);
  }

  /** An answer of that type. */
  Route givingText(String type) {
    return new Route(method, path, needs, summary, query, takes, takesType, gives, type, answering);
  }

  Route giving(List<Field> fields) {
    return new Route(
        method, path, needs, summary, query, takes, takesType, fields, givesType, answering);
  }

  Route giving(Field... fields) {
    return giving(List.of(fields));
  }
}
