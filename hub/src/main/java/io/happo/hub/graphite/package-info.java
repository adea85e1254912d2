/**
 * The hub's port for Graphite's plaintext protocol: who may send, whose values they are, and how
 * they get to intake without more of them waiting than may.
 */
@NullMarked
package io.happo.hub.graphite;

import org.jspecify.annotations.NullMarked;
