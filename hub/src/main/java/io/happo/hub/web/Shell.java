package io.happo.hub.web;

import io.happo.hub.store.Users.Role;
import java.util.Map;

/**
 * What is around a page, and what all parts of it may ask.
 *
 * @param title of the page
 * @param active which entry of the navigation it belongs to
 * @param user who looks at it; empty on pages for anybody
 * @param csrf what its changes bring
 * @param assets what addresses of styles and programs begin with
 * @param problem why nothing can be stored now; empty when it can
 * @param undelivered channels that do not take their messages, and why
 * @param off whether nobody is told anything
 * @param changes as {@link Live} tells it
 * @param waiting agents that wait to be let in
 */
record Shell(
    String title,
    String active,
    String user,
    Role role,
    String csrf,
    String assets,
    String version,
    String problem,
    Map<String, String> undelivered,
    boolean off,
    long changes,
    int waiting) {
  boolean isSomebody() {
    return !user.isEmpty();
  }

  boolean isOperator() {
    return role.compareTo(Role.OPERATOR) >= 0;
  }

  boolean isAdmin() {
    return role == Role.ADMIN;
  }
}
