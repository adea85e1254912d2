/**
 * What machines have of something: {@link io.happo.hub.inventory.LineChanges} compares two texts of
 * it, {@link io.happo.hub.inventory.InventorySearch} finds lines in those of all agents, {@link
 * io.happo.hub.inventory.Csv} writes them for spreadsheets.
 */
@NullMarked
package io.happo.hub.inventory;

import org.jspecify.annotations.NullMarked;
