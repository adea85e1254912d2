package io.happo.hub.store;

import io.happo.hub.alert.CheckState;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A check of an agent.
 *
 * @param state none before its first result
 * @param lateAt of one that somebody reports, as {@link io.happo.hub.alert.Reported} has it; empty:
 *     an agent runs it
 */
public record CheckRow(long number, String name, @Nullable CheckState state, OptionalLong lateAt) {}
