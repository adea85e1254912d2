@NullMarked
package io.happo.hub.intake;

import org.jspecify.annotations.NullMarked;
