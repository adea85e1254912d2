package io.happo.hub.api;

import static io.happo.hub.store.Users.Role.VIEWER;

import io.happo.hub.export.Exposition;
import io.happo.net.Response;
import java.util.List;

/** What Prometheus scrapes, with an API token. */
final class ScrapeRoutes {
  private final Rooms rooms;
  private final HubPage page;

  ScrapeRoutes(Rooms rooms) {
    this.rooms = rooms;
    this.page = new HubPage(rooms);
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/metrics", VIEWER, "How the hub is, in Prometheus' text format", this::hub)
            .givingText(Exposition.CONTENT_TYPE),
        Route.of(
                "GET",
                "/metrics/fleet",
                VIEWER,
                "How the fleet is, with the newest values, in Prometheus' text format",
                this::fleet)
            .givingText(Exposition.CONTENT_TYPE));
  }

  private Response hub(Call call) {
    return Replies.of(200, Exposition.CONTENT_TYPE, page.text());
  }

  private Response fleet(Call call) {
    return Replies.of(200, Exposition.CONTENT_TYPE, rooms.export().fleetPage());
  }
}
