/**
 * All SQL. {@link io.happo.hub.store.Store} opens SQLite or PostgreSQL; each kind of row has a
 * small door of its own over it; {@link io.happo.hub.store.IntakeTransaction} is what intake writes
 * through. Whatever fails is a {@link io.happo.hub.store.StoreException} that says whether trying
 * again can help.
 */
@NullMarked
package io.happo.hub.store;

import org.jspecify.annotations.NullMarked;
