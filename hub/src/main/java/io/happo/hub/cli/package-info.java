/** The command line of {@code happo-hub}: its table, and the clients of the REST API. */
@NullMarked
package io.happo.hub.cli;

import org.jspecify.annotations.NullMarked;
