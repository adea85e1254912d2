@NullMarked
package io.happo.hub.export;

import org.jspecify.annotations.NullMarked;
