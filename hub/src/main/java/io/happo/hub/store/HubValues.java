package io.happo.hub.store;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** What the hub remembers of itself: its id and the like. Small texts by name. */
public final class HubValues {
  private final Store store;

  public HubValues(Store store) {
    this.store = store;
  }

  public Optional<String> find(String name) {
    return store.read(
        h ->
            h.createQuery("SELECT value FROM hub WHERE name = :name")
                .bind("name", name)
                .mapTo(String.class)
                .findOne());
  }

  public void set(String name, String value) {
    store.write(h -> set(h, name, value));
  }

  static int set(Handle handle, String name, String value) {
    return handle
        .createUpdate(
            "INSERT INTO hub (name, value) VALUES (:name, :value)"
                + " ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .bind("name", name)
        .bind("value", value)
        .execute();
  }

  /** The value that is there, or this one from now on: of several that ask at once one wins. */
  public String findOrSet(String name, String value) {
    return store.write(
        h ->
            h.createQuery(
                    "INSERT INTO hub (name, value) VALUES (:name, :value)"
                        + " ON CONFLICT (name) DO UPDATE SET value = hub.value RETURNING value")
                .bind("name", name)
                .bind("value", value)
                .mapTo(String.class)
                .one());
  }
}
