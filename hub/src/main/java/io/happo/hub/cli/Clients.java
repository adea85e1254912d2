package io.happo.hub.cli;

import io.happo.core.JsonException;
import io.happo.core.JsonWriter;
import io.happo.hub.yaml.DefaultPlan;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;
import io.happo.program.cli.Parsed;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;

/** Runs all of {@code happo-hub} that asks a hub, and prints help and complaints. */
public final class Clients {
  private Clients() {}

  /**
   * Does what a parsed command line asks for.
   *
   * @return the exit status
   */
  public static int run(Parsed parsed, InputStream in, OutputStream out, OutputStream err) {
    var console = new Console(in, out, err);
    return switch (parsed) {
      case Parsed.Print print -> console.show(print);
      case Parsed.Misuse misuse -> console.show(misuse);
      case Parsed.Run run -> run(console, run);
    };
  }

  /** Whether a hub with that folder answers on this machine. */
  public static boolean isRunning(Path data) {
    try (var hub = HubClient.of(Profile.read(data.resolve("client.json")))) {
      hub.get("/v1/hub");
      return true;
    } catch (Failure e) {
      return false;
    }
  }

  /**
   * Has the running hub of that folder write a copy of its store.
   *
   * @throws IOException with what the hub says
   */
  public static void backup(Path data, Path file) throws IOException {
    try (var hub = HubClient.of(Profile.read(data.resolve("client.json")))) {
      hub.post(
          "/v1/backup",
          new JsonWriter().beginObject().member("file", file.toString()).endObject().toString());
    } catch (Failure e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static int run(Console console, Parsed.Run run) {
    var arguments = run.arguments();
    var name = run.command().name();
    try {
      if (name.equals("login")) {
        return new Login(console, arguments).run();
      }
      if (name.equals("plan default")) {
        console.say(DefaultPlan.text());
        return 0;
      }
      try (var hub = HubClient.of(Profile.read(Profile.file(arguments)))) {
        var fleet = new FleetClient(console, arguments, hub);
        var plan = new PlanClient(console, arguments, hub);
        var access = new AccessClient(console, arguments, hub);
        var metrics = new MetricClient(console, arguments, hub);
        var inventory = new InventoryClient(console, arguments, hub);
        var alerts = new AlertClient(console, arguments, hub);
        var dashboards = new DashboardClient(console, arguments, hub);
        var outputs = new OutputClient(console, arguments, hub);
        return switch (name) {
          case "agents" -> fleet.agents();
          case "agent show" -> fleet.show();
          case "agent approve" -> fleet.each("approve", "approved");
          case "agent revoke" -> fleet.each("revoke", "revoked");
          case "agent edit" -> fleet.edit();
          case "checks" -> fleet.checks();
          case "history" -> fleet.history();
          case "events" -> fleet.events();
          case "run" -> new RunClient(console, arguments, hub).run();
          case "inventory" -> inventory.find();
          case "inventory show" -> inventory.show();
          case "inventory changes" -> inventory.changes();
          case "inventory export" -> inventory.export();
          case "classic list" -> inventory.asked();
          case "classic add" -> inventory.add();
          case "classic remove" -> inventory.remove();
          case "classic forget-key" -> inventory.forgetKey();
          case "metrics" -> metrics.names();
          case "metrics query" -> metrics.query();
          case "plan show" -> plan.show();
          case "plan diff" -> plan.diff();
          case "plan apply" -> plan.apply();
          case "plan versions" -> plan.versions();
          case "plan rollback" -> plan.rollBack();
          case "alerts" -> alerts.alerts();
          case "alerts off" -> alerts.turn(true);
          case "alerts on" -> alerts.turn(false);
          case "alerts try" -> alerts.rehearse();
          case "notes" -> alerts.notes();
          case "ack" -> alerts.acknowledge();
          case "result" -> alerts.report();
          case "silence list" -> alerts.silences();
          case "silence add" -> alerts.silence(false);
          case "downtime add" -> alerts.silence(true);
          case "silence end" -> alerts.endSilence();
          case "channel list" -> alerts.channels();
          case "channel set" -> alerts.setChannel();
          case "channel test" -> alerts.testChannel();
          case "channel remove" -> alerts.removeChannel();
          case "messages" -> alerts.messages();
          case "dashboard list" -> dashboards.list();
          case "dashboard export" -> dashboards.export();
          case "dashboard import" -> dashboards.bring();
          case "dashboard apply" -> dashboards.apply();
          case "dashboard remove" -> dashboards.remove();
          case "output list" -> outputs.list();
          case "output set" -> outputs.set();
          case "output test" -> outputs.test();
          case "output remove" -> outputs.remove();
          case "token create" -> access.createToken();
          case "token list" -> access.tokens();
          case "token revoke" -> access.revokeToken();
          case "user list" -> access.users();
          case "user set" -> access.setUser();
          case "user remove" -> access.removeUser();
          case "audit" -> access.audit();
          default -> throw new IllegalArgumentException(name + " is not a client");
        };
      }
    } catch (Failure e) {
      console.complain("happo-hub: " + e.getMessage() + "\n");
      return 1;
    } catch (JsonException e) {
      console.complain("happo-hub: the hub's answer cannot be read: " + e.getMessage() + "\n");
      return 1;
    }
  }
}
