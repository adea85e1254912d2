/**
 * How people are told: channels and their settings, and the messages that wait in the store until a
 * channel has taken them. A channel that is slow or down keeps no other one waiting, and nobody who
 * stores results. What is secret of a channel is encrypted in the store, by a key that lies beside
 * it in a file of mode 0600.
 */
@NullMarked
package io.happo.hub.notify;

import org.jspecify.annotations.NullMarked;
