package io.happo.hub.store;

import io.happo.hub.alert.CheckState;
import org.jspecify.annotations.Nullable;

/**
 * A check of an agent.
 *
 * @param state none before its first result
 */
public record CheckRow(long number, String name, @Nullable CheckState state) {}
