/**
 * Programs that the agent keeps running because its plan says so: {@link Collectors} has a {@code
 * Supervisor} for each, which writes its files, starts it and starts it again; {@code
 * check_collector} tells how each is.
 */
@NullMarked
package io.happo.agent.collectors;

import org.jspecify.annotations.NullMarked;
