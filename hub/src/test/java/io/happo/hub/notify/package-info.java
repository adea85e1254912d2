@NullMarked
package io.happo.hub.notify;

import org.jspecify.annotations.NullMarked;
