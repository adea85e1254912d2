/**
 * The agent's side of the link to its hub: the key it is known by, joining, one connection at a
 * time with all that is said on it, and coming back when it is lost. Nothing of it is loaded while
 * the agent has no hub.
 */
@NullMarked
package io.happo.agent.uplink;

import org.jspecify.annotations.NullMarked;
