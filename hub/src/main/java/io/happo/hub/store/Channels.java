package io.happo.hub.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** By what people are told. */
public final class Channels {
  /**
   * One.
   *
   * @param kind such as {@code mail}
   * @param settings that anybody may see who may see channels
   * @param secrets those that nobody may, encrypted
   * @param changedAt unix milliseconds
   */
  public record Channel(
      String name,
      String kind,
      Map<String, String> settings,
      byte[] secrets,
      String changedBy,
      long changedAt) {}

  private static final String COLUMNS = "name, kind, settings, secrets, changed_by, changed_at";

  private final Store store;

  public Channels(Store store) {
    this.store = store;
  }

  /** All, by name. */
  public List<Channel> all() {
    return store.read(
        h ->
            h.createQuery("SELECT " + COLUMNS + " FROM channels ORDER BY name")
                .map((rows, _) -> row(rows))
                .list());
  }

  public Optional<Channel> find(String name) {
    return store.read(
        h ->
            h.createQuery("SELECT " + COLUMNS + " FROM channels WHERE name = :name")
                .bind("name", name)
                .map((rows, _) -> row(rows))
                .findOne());
  }

  /** Adds it, in place of the one of this name. */
  public void set(Channel channel) {
    store.write(
        h ->
            h.createUpdate(
                    "INSERT INTO channels ("
                        + COLUMNS
                        + ") VALUES (:name, :kind, :settings, :secrets, :by, :at)"
                        + " ON CONFLICT (name) DO UPDATE SET kind = excluded.kind,"
                        + " settings = excluded.settings, secrets = excluded.secrets,"
                        + " changed_by = excluded.changed_by, changed_at = excluded.changed_at")
                .bind("name", channel.name())
                .bind("kind", channel.kind())
                .bind("settings", JsonTexts.of(channel.settings()))
                .bind("secrets", channel.secrets())
                .bind("by", channel.changedBy())
                .bind("at", channel.changedAt())
                .execute());
  }

  /** Whether it was there; what waited for it is given up. */
  public boolean remove(String name) {
    return store.write(
        h -> {
          h.createUpdate(
                  "UPDATE messages SET next_at = NULL, problem = 'the channel was removed'"
                      + " WHERE channel = :name AND next_at IS NOT NULL")
              .bind("name", name)
              .execute();
          return h.createUpdate("DELETE FROM channels WHERE name = :name")
                  .bind("name", name)
                  .execute()
              == 1;
        });
  }

  private static Channel row(ResultSet rows) throws SQLException {
    return new Channel(
        rows.getString(1),
        rows.getString(2),
        JsonTexts.map(rows.getString(3)),
        rows.getBytes(4),
        rows.getString(5),
        rows.getLong(6));
  }
}
