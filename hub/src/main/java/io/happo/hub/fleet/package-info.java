/** Who there is, and what each of them is to run. */
@NullMarked
package io.happo.hub.fleet;

import org.jspecify.annotations.NullMarked;
