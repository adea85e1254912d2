@NullMarked
package io.happo.hub;

import org.jspecify.annotations.NullMarked;
