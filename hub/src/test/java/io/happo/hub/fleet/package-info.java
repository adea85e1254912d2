@NullMarked
package io.happo.hub.fleet;

import org.jspecify.annotations.NullMarked;
