@NullMarked
package io.happo.hub.store;

import org.jspecify.annotations.NullMarked;
