@NullMarked
package io.happo.hub.yaml;

import org.jspecify.annotations.NullMarked;
