@NullMarked
package io.happo.hub.link;

import org.jspecify.annotations.NullMarked;
