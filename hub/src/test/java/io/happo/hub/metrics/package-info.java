@NullMarked
package io.happo.hub.metrics;

import org.jspecify.annotations.NullMarked;
