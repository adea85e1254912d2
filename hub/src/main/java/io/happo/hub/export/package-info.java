/**
 * The way out of what was measured: pages that Prometheus scrapes, and outputs that send on what
 * intake has stored, in its order, each at its own pace: one that is slow or down keeps no other
 * one waiting, and nobody who stores.
 */
@NullMarked
package io.happo.hub.export;

import org.jspecify.annotations.NullMarked;
