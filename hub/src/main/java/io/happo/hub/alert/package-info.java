/**
 * What results mean: pure functions of (state, what was seen, settings). No clock, no input or
 * output.
 */
@NullMarked
package io.happo.hub.alert;

import org.jspecify.annotations.NullMarked;
