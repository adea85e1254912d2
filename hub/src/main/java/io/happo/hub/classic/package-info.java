/**
 * Agents that are asked and do not come: the original's, and ours without a hub. Who they are
 * ({@link io.happo.hub.classic.ClassicBook}), how they are asked, directly or by bastions, and what
 * is asked of them at which times ({@link io.happo.hub.classic.ClassicWatch}).
 */
@NullMarked
package io.happo.hub.classic;

import org.jspecify.annotations.NullMarked;
