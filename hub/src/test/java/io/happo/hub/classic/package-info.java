@NullMarked
package io.happo.hub.classic;

import org.jspecify.annotations.NullMarked;
