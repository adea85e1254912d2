@NullMarked
package io.happo.hub.inventory;

import org.jspecify.annotations.NullMarked;
