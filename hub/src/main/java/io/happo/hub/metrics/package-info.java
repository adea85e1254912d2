/**
 * Arithmetic of what is measured: parts of time, rates, many series as one. Pure: no clock, no
 * input or output.
 */
@NullMarked
package io.happo.hub.metrics;

import org.jspecify.annotations.NullMarked;
