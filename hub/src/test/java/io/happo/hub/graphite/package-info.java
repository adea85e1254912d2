/** Graphite's port on real sockets. */
@NullMarked
package io.happo.hub.graphite;

import org.jspecify.annotations.NullMarked;
