/**
 * What channels and outputs are told: tables of their settings, what is secret of them, encrypted
 * by a key of this hub, and whom they trust.
 */
@NullMarked
package io.happo.hub.settings;

import org.jspecify.annotations.NullMarked;
