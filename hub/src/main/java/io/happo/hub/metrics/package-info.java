/**
 * What is measured, as figures alone: how values are packed, gathered in parts of time, and
 * combined. Pure: no store, clock or thread.
 */
@NullMarked
package io.happo.hub.metrics;

import org.jspecify.annotations.NullMarked;
