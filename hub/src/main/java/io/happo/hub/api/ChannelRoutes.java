package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.FLAG;
import static io.happo.hub.api.Field.Kind.MAP;
import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.TIME;
import static io.happo.hub.api.Field.Kind.WHOLE;
import static io.happo.hub.store.Users.Role.ADMIN;
import static io.happo.hub.store.Users.Role.OPERATOR;
import static io.happo.hub.store.Users.Role.VIEWER;

import io.happo.core.JsonException;
import io.happo.core.link.LinkMessage;
import io.happo.hub.alert.Notice;
import io.happo.hub.notify.ChannelKind;
import io.happo.net.Response;
import java.util.List;
import java.util.Map;

/** By what people are told, and the messages. What is secret goes in, and never comes out. */
final class ChannelRoutes {
  private final Rooms rooms;

  ChannelRoutes(Rooms rooms) {
    this.rooms = rooms;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/channels", VIEWER, "The channels", this::all)
            .giving(
                Field.list(
                    "channels",
                    "By name.",
                    List.of(
                        Field.must("name", TEXT, "Its name, which rules say."),
                        Field.must("kind", TEXT, "mail, webhook, slack, pagerduty or command."),
                        Field.must("settings", MAP, "Those that are not secret."),
                        Field.must("changedBy", TEXT, "Who set it."),
                        Field.must("changedAt", TIME, "When.")))),
        Route.of("PUT", "/v1/channels/:name", ADMIN, "Add a channel, or change one", this::set)
            .taking(
                Field.must("kind", TEXT, "As above."),
                Field.must(
                    "settings",
                    MAP,
                    "By name; a secret that is missing stays as it was. Which there are for each"
                        + " kind stands in the documents.")),
        Route.of("DELETE", "/v1/channels/:name", ADMIN, "Remove a channel", this::remove),
        Route.of("POST", "/v1/channels/:name/test", OPERATOR, "Send a trial message", this::trial)
            .giving(
                Field.must("delivered", FLAG, "Whether it was taken."),
                Field.must("problem", TEXT, "Why not.")),
        Route.of("GET", "/v1/messages", VIEWER, "The messages", this::messages)
            .asking(
                Field.of("before", WHOLE, "Only those of a lower number."),
                Field.of("limit", WHOLE, "At most so many; 50 unless given."))
            .giving(
                Field.list(
                    "messages",
                    "The newest first.",
                    List.of(
                        Field.must("number", WHOLE, "Its number."),
                        Field.must("channel", TEXT, "By which channel."),
                        Field.must("createdAt", TIME, "When it was decided."),
                        Field.must("state", TEXT, "waiting, delivered or given up."),
                        Field.must("tries", WHOLE, "How often it was tried."),
                        Field.of("nextAt", TIME, "When it is tried again."),
                        Field.of("deliveredAt", TIME, "When it was taken."),
                        Field.must("problem", TEXT, "Of the last try."),
                        Field.must("subject", TEXT, "What it says, in a line.")))));
  }

  private Response all(Call call) {
    var channels = rooms.channels().all();
    return Replies.ok(
        json -> {
          json.key("channels").beginArray();
          for (var channel : channels) {
            json.beginObject()
                .member("name", channel.name())
                .member("kind", channel.kind())
                .key("settings");
            LinkMessage.write(json, channel.settings());
            json.member("changedBy", channel.changedBy())
                .member("changedAt", channel.changedAt())
                .endObject();
          }
          json.endArray();
        });
  }

  private Response set(Call call) throws ApiException {
    var name = call.pathName("name");
    var kind = call.oneOf("kind", ChannelKind.values(), ChannelKind::word);
    var settings = call.texts("settings");
    var problems = rooms.notifier().set(name, kind, settings, call.caller().name());
    if (!problems.isEmpty()) {
      throw new ApiException(422, "the settings are not as they should be", problems);
    }
    rooms.intake().lookAgain();
    rooms.did(call.caller(), "channel.set", name, Map.of("kind", kind.word()));
    return Replies.done();
  }

  private Response remove(Call call) throws ApiException {
    var name = call.path("name");
    if (!rooms.notifier().remove(name)) {
      throw new ApiException(404, "there is no channel '" + name + "'");
    }
    rooms.intake().lookAgain();
    rooms.did(call.caller(), "channel.remove", name);
    return Replies.done();
  }

  private Response trial(Call call) throws ApiException, InterruptedException {
    var name = call.path("name");
    if (!rooms.notifier().channels().contains(name)) {
      throw new ApiException(404, "there is no channel '" + name + "'");
    }
    rooms.does(call.caller(), "channel.test", name, Map.of());
    var problem = rooms.notifier().trial(name, call.caller().name());
    return Replies.ok(
        json ->
            json.key("delivered").value(problem.isEmpty()).member("problem", problem.orElse("")));
  }

  private Response messages(Call call) throws ApiException {
    long most = call.query("before", Long.MAX_VALUE);
    var messages = rooms.messages().newest(most, call.query("limit", 50, 1, 1_000));
    return Replies.ok(
        json -> {
          json.key("messages").beginArray();
          for (var message : messages) {
            json.beginObject()
                .member("number", message.number())
                .member("channel", message.channel())
                .member("createdAt", message.createdAt())
                .member(
                    "state",
                    message.deliveredAt().isPresent()
                        ? "delivered"
                        : message.nextAt().isPresent() ? "waiting" : "given up")
                .member("tries", message.tries());
            message.nextAt().ifPresent(time -> json.member("nextAt", time));
            message.deliveredAt().ifPresent(time -> json.member("deliveredAt", time));
            json.member("problem", message.problem())
                .member("subject", subject(message.content()))
                .endObject();
          }
          json.endArray();
        });
  }

  private static String subject(String content) {
    try {
      return Notice.read(content).subject();
    } catch (JsonException e) {
      return "";
    }
  }
}
