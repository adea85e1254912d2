/**
 * What the checks that are part of the agent have in common: the table of each, how their words are
 * read, what they may see of the machine, and the door by which {@code exec} runs them. The checks
 * themselves are in {@code machine} and {@code probes}.
 */
@NullMarked
package io.happo.agent.checks;

import org.jspecify.annotations.NullMarked;
