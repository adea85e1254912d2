package io.happo.hub.api;

import io.happo.hub.store.Users.Role;

/**
 * Who asks.
 *
 * @param name of the user, as the audit log has it
 */
public record Caller(String name, Role role) {}
