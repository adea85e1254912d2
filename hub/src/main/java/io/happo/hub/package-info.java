/** The hub: its rooms put together, and the program {@code happo-hub}. */
@NullMarked
package io.happo.hub;

import org.jspecify.annotations.NullMarked;
