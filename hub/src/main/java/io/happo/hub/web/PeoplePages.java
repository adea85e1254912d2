package io.happo.hub.web;

import io.happo.hub.api.Rooms;
import io.happo.hub.store.ApiTokens;
import io.happo.hub.store.Audit;
import io.happo.hub.store.Users;
import io.happo.hub.store.Users.Role;
import java.util.List;

/** Who may come in, and who did what. */
final class PeoplePages {
  private static final int ROWS = 100;

  private final Rooms rooms;

  PeoplePages(Rooms rooms) {
    this.rooms = rooms;
  }

  /** The page of users and tokens; of tokens those that the visitor may take away. */
  record People(List<Users.User> users, List<ApiTokens.ApiToken> tokens) {}

  View users(Visit visit) {
    boolean admin = visit.caller().role() == Role.ADMIN;
    return View.of(
        "users",
        "users",
        "Users and tokens",
        new People(
            admin ? rooms.users().all() : List.of(),
            rooms.apiTokens().all().stream()
                .filter(token -> admin || token.user().equals(visit.caller().name()))
                .toList()));
  }

  /**
   * The page of deeds.
   *
   * @param before number that older ones are to be asked for before; 0: there are none
   */
  record Deeds(List<Audit.Entry> entries, long before, boolean first) {}

  View audit(Visit visit) {
    long before = visit.number("before", Long.MAX_VALUE);
    var found = rooms.audit().before(before, ROWS + 1);
    var shown = found.subList(0, Math.min(ROWS, found.size()));
    return View.of(
        "audit",
        "users",
        "Audit log",
        new Deeds(
            shown, found.size() > ROWS ? shown.getLast().number() : 0, before == Long.MAX_VALUE));
  }
}
