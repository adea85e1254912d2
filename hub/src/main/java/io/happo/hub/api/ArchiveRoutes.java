package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.TIME;
import static io.happo.hub.api.Field.Kind.WHOLE;
import static io.happo.hub.store.Users.Role.OPERATOR;
import static io.happo.hub.store.Users.Role.VIEWER;

import io.happo.core.Sha256;
import io.happo.core.plan.BadArchiveException;
import io.happo.net.Response;
import java.util.List;
import java.util.Map;

/** Archives of plugins, which are sent before the plan that names them. */
final class ArchiveRoutes {
  private final Rooms rooms;

  ArchiveRoutes(Rooms rooms) {
    this.rooms = rooms;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/archives", VIEWER, "The archives of plugins", this::list)
            .giving(
                Field.list(
                    "archives",
                    "By name, the newest first.",
                    List.of(
                        Field.must("sha256", TEXT, "SHA-256 of its bytes."),
                        Field.must("name", TEXT, "What it was called first."),
                        Field.must("size", WHOLE, "Bytes."),
                        Field.must("author", TEXT, "Who sent it."),
                        Field.must("createdAt", TIME, "When.")))),
        Route.of(
                "PUT",
                "/v1/archives/:sha256",
                OPERATOR,
                "Send an archive of plugins: a ZIP of at most 8 MiB",
                this::put)
            .takingBytes("application/zip")
            .asking(Field.must("name", TEXT, "What to call it."))
            .giving(
                Field.must("sha256", TEXT, "SHA-256 of its bytes, as a plan names it."),
                Field.must("files", WHOLE, "How many files are in it.")));
  }

  private Response list(Call call) {
    var archives = rooms.plans().archives().all();
    return Replies.ok(
        json -> {
          json.key("archives").beginArray();
          for (var archive : archives) {
            json.beginObject()
                .member("sha256", archive.sha256())
                .member("name", archive.name())
                .member("size", archive.size())
                .member("author", archive.createdBy())
                .member("createdAt", archive.createdAt())
                .endObject();
          }
          json.endArray();
        });
  }

  private Response put(Call call) throws ApiException {
    var name = call.query("name").orElse("");
    var bytes = call.request().body();
    var sha256 = Sha256.of(bytes);
    if (!sha256.equals(call.path("sha256"))) {
      throw new ApiException(
          422, "the archive came with the SHA-256 " + sha256 + ", and was not kept");
    }
    int files;
    try {
      files = rooms.plans().addArchive(name, bytes, call.caller().name());
    } catch (BadArchiveException e) {
      throw new ApiException(
          422,
          "the archive '"
              + name
              + "' has "
              + ApiException.problems(e.problems().size())
              + ", and was not kept",
          e.problems());
    } catch (IllegalArgumentException e) {
      throw new ApiException(422, "name: " + e.getMessage());
    }
    rooms.did(call.caller(), "archive.add", sha256, Map.of("name", name));
    return Replies.ok(json -> json.member("sha256", sha256).member("files", files));
  }
}
