package io.happo.hub.api;

import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.PlanBook;
import io.happo.hub.intake.Intake;
import io.happo.hub.link.Runs;
import io.happo.hub.link.Sessions;
import io.happo.hub.store.ApiTokens;
import io.happo.hub.store.Audit;
import io.happo.hub.store.Checks;
import io.happo.hub.store.Events;
import io.happo.hub.store.Results;
import io.happo.hub.store.Store;
import io.happo.hub.store.Tokens;
import io.happo.hub.store.Users;
import java.time.InstantSource;
import java.util.Map;

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
    Events events,
    InstantSource clock) {
  /**
   * What the hub is.
   *
   * @param id 16 bytes, hexadecimal
   * @param pin SHA-256 of its certificate's public key, hexadecimal
   * @param url how agents and browsers reach it
   */
  public record About(String version, String id, String pin, String url) {}

  /** Writes down that somebody did something. */
  void did(Caller caller, String action, String target, Map<String, String> details) {
    audit.add(clock.millis(), caller.name(), action, target, details);
  }

  void did(Caller caller, String action, String target) {
    did(caller, action, target, Map.of());
  }
}
