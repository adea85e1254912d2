/**
 * Starts the built programs with real peers, and holds the whole against what was recorded from the
 * original.
 *
 * <p>Nothing of Happo runs in the tests' own process. The programs are those of {@code
 * dist/target/happo} or of {@code -Dhappo.agent.bin} and {@code -Dhappo.check.bin}.
 *
 * <p>The hub's pages are driven in a real browser ({@code Browser}); how they looked is in {@code
 * target/screenshots}, how those looked that failed in {@code target/browser}. With {@code
 * -Dhappo.screenshots=true} the pictures of the docs are made anew.
 */
@NullMarked
package io.happo.e2e;

import org.jspecify.annotations.NullMarked;
