@NullMarked
package io.happo.hub.alert;

import org.jspecify.annotations.NullMarked;
