package io.happo.hub.api;

import io.happo.core.JsonWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The OpenAPI 3.1 document of the routes. */
final class OpenApi {
  private final JsonWriter json = new JsonWriter();

  private OpenApi() {}

  static String of(List<Route> routes, String version) {
    return new OpenApi().document(routes, version);
  }

  private String document(List<Route> routes, String version) {
    json.beginObject().member("openapi", "3.1.0").key("info").beginObject();
    json.member("title", "Happo hub").member("version", version);
    json.endObject().key("paths").beginObject();
    var paths = new LinkedHashMap<String, List<Route>>();
    for (var route : routes) {
      paths.computeIfAbsent(path(route.path()), _ -> new ArrayList<>()).add(route);
    }
    for (Map.Entry<String, List<Route>> path : paths.entrySet()) {
      json.key(path.getKey()).beginObject();
      path.getValue().forEach(this::operation);
      json.endObject();
    }
    json.endObject().key("components").beginObject().key("securitySchemes").beginObject();
    json.key("token").beginObject().member("type", "http").member("scheme", "bearer").endObject();
    json.key("session")
        .beginObject()
        .member("type", "apiKey")
        .member("in", "cookie")
        .member("name", Access.COOKIE)
        .endObject();
    json.endObject().endObject();
    return json.endObject().toString();
  }

  private void operation(Route route) {
    json.key(route.method().toLowerCase(Locale.ROOT))
        .beginObject()
        .member("summary", route.summary());
    route
        .needs()
        .ifPresent(role -> json.member("description", "Needs the role " + Access.word(role) + "."));
    json.key("security").beginArray();
    if (route.needs().isPresent()) {
      json.beginObject().key("token").beginArray().endArray().endObject();
      json.beginObject().key("session").beginArray().endArray().endObject();
    }
    json.endArray().key("parameters").beginArray();
    for (var segment : route.path().split("/", -1)) {
      if (segment.startsWith(":")) {
        parameter("path", Field.must(segment.substring(1), Field.Kind.TEXT, ""));
      }
    }
    route.query().forEach(field -> parameter("query", field));
    json.endArray();
    if (!route.takes().isEmpty()) {
      json.key("requestBody").beginObject().key("required").value(true).key("content");
      content("application/json", route.takes());
      json.endObject();
    }
    if (!route.takesType().isEmpty()) {
      json.key("requestBody").beginObject().key("required").value(true).key("content");
      json.beginObject().key(route.takesType()).beginObject().endObject().endObject();
      json.endObject();
    }
    json.key("responses").beginObject();
    boolean gives = !route.gives().isEmpty() || !route.givesType().isEmpty();
    json.key(gives ? "200" : "204").beginObject().member("description", "Done.");
    if (!route.gives().isEmpty()) {
      json.key("content");
      content("application/json", route.gives());
    }
    if (!route.givesType().isEmpty()) {
      json.key("content").beginObject().key(route.givesType()).beginObject().endObject();
      json.endObject();
    }
    json.endObject();
    json.key("default").beginObject().member("description", "Not done; detail says why.");
    json.key("content");
    content("application/problem+json", PROBLEM);
    json.endObject().endObject().endObject();
  }

  private static final List<Field> PROBLEM =
      List.of(
          Field.must("title", Field.Kind.TEXT, "The status in words."),
          Field.must("status", Field.Kind.WHOLE, "The status."),
          Field.must("detail", Field.Kind.TEXT, "What happened, and what to do."),
          Field.of("problems", Field.Kind.TEXTS, "All that is wrong, each with its place."));

  private void parameter(String in, Field field) {
    json.beginObject().member("name", field.name()).member("in", in);
    json.key("required").value(field.required());
    if (!field.doc().isEmpty()) {
      json.member("description", field.doc());
    }
    json.key("schema").raw("{" + field.kind().schema + "}").endObject();
  }

  private void content(String type, List<Field> fields) {
    json.beginObject().key(type).beginObject().key("schema");
    object(fields);
    json.endObject().endObject();
  }

  private void object(List<Field> fields) {
    json.beginObject().member("type", "object").key("required").beginArray();
    fields.stream().filter(Field::required).forEach(field -> json.value(field.name()));
    json.endArray().key("properties").beginObject();
    for (var field : fields) {
      json.key(field.name());
      if (field.members().isEmpty()) {
        json.raw("{" + field.kind().schema + ",\"description\":" + quoted(field.doc()) + "}");
      } else if (field.kind() == Field.Kind.OBJECT) {
        object(field.members());
      } else {
        json.beginObject().member("type", "array").member("description", field.doc()).key("items");
        object(field.members());
        json.endObject();
      }
    }
    json.endObject().endObject();
  }

  private static String quoted(String text) {
    return new JsonWriter().value(text).toString();
  }

  private static String path(String pattern) {
    var path = new StringBuilder();
    for (var segment : pattern.substring(1).split("/", -1)) {
      path.append('/');
      path.append(segment.startsWith(":") ? "{" + segment.substring(1) + "}" : segment);
    }
    return path.toString();
  }
}
