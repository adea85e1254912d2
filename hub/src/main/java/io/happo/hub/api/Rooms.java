package io.happo.hub.api;

import io.happo.hub.classic.ClassicBook;
import io.happo.hub.dashboards.DashboardBook;
import io.happo.hub.export.Export;
import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.PlanBook;
import io.happo.hub.graphite.GraphiteDoor;
import io.happo.hub.intake.Intake;
import io.happo.hub.link.Runs;
import io.happo.hub.link.Sessions;
import io.happo.hub.notify.Notifier;
import io.happo.hub.store.AlertBook;
import io.happo.hub.store.ApiTokens;
import io.happo.hub.store.Audit;
import io.happo.hub.store.Channels;
import io.happo.hub.store.Checks;
import io.happo.hub.store.Events;
import io.happo.hub.store.Inventories;
import io.happo.hub.store.Messages;
import io.happo.hub.store.Results;
import io.happo.hub.store.Samples;
import io.happo.hub.store.Silences;
import io.happo.hub.store.Store;
import io.happo.hub.store.StoreException;
import io.happo.hub.store.Tokens;
import io.happo.hub.store.Users;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * What the routes ask.
 *
 * @param about this hub
 */
public record Rooms(
    About about,
    Store store,
    Access access,
    Users users,
    ApiTokens apiTokens,
    Audit audit,
    Tokens tokens,
    Fleet fleet,
    Sessions sessions,
    Runs runs,
    PlanBook plans,
    Intake intake,
    Checks checks,
    Results results,
    Samples samples,
    Events events,
    AlertBook alertBook,
    Silences silences,
    Messages messages,
    Channels channels,
    Notifier notifier,
    DashboardBook dashboards,
    Export export,
    Optional<GraphiteDoor> graphite,
    Inventories inventories,
    ClassicBook classics,
    InstantSource clock) {
  private static final System.Logger LOG = System.getLogger(Rooms.class.getName());

  /**
   * What the hub is.
   *
   * @param id 16 bytes, hexadecimal
   * @param pin SHA-256 of its certificate's public key, hexadecimal
   * @param url how agents and browsers reach it
   */
  public record About(String version, String id, String pin, String url) {}

  /**
   * Writes down what somebody is about to do.
   *
   * @throws StoreException when that cannot be; then it is not to be done
   */
  void does(Caller caller, String action, String target, Map<String, String> details) {
    audit.add(clock.millis(), caller.name(), action, target, details);
  }

  /**
   * Writes down what somebody has done. When that cannot be it stands in the hub's own log: an
   * answer that says that nothing was done would be wrong.
   */
  void did(Caller caller, String action, String target, Map<String, String> details) {
    try {
      does(caller, action, target, details);
    } catch (StoreException e) {
      LOG.log(
          Level.ERROR,
          "not in the audit log: who={0} action={1} target={2}: {3}",
          caller.name(),
          action,
          target,
          e.getMessage());
    }
  }

  void did(Caller caller, String action, String target) {
    did(caller, action, target, Map.of());
  }
}
