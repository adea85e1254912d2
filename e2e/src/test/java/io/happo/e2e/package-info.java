/**
 * Starts the built programs with real peers, and holds the whole against what was recorded from the
 * original.
 *
 * <p>Nothing of Happo runs in the tests' own process. The programs are those of {@code
 * dist/target/happo} or of {@code -Dhappo.agent.bin} and {@code -Dhappo.check.bin}.
 */
@NullMarked
package io.happo.e2e;

import org.jspecify.annotations.NullMarked;
