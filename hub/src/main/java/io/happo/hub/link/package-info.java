/**
 * The hub's side of the link: joining, one session for each connected agent, presence, and what is
 * run now.
 */
@NullMarked
package io.happo.hub.link;

import org.jspecify.annotations.NullMarked;
