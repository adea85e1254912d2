package io.happo.hub.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where what was measured is sent on to. */
public final class OutputBook {
  /**
   * One output.
   *
   * @param kind such as {@code remote-write}
   * @param settings that anybody may see who may see outputs
   * @param secrets those that nobody may, encrypted
   * @param changedAt unix milliseconds
   */
  public record Output(
      String name,
      String kind,
      Map<String, String> settings,
      byte[] secrets,
      String changedBy,
      long changedAt) {}

  private static final String COLUMNS = "name, kind, settings, secrets, changed_by, changed_at";

  private final Store store;

  public OutputBook(Store store) {
    this.store = store;
  }

  /** All, by name. */
  public List<Output> all() {
    return store.read(
        h ->
            h.createQuery("SELECT " + COLUMNS + " FROM outputs ORDER BY name")
                .map((rows, _) -> row(rows))
                .list());
  }

  public Optional<Output> find(String name) {
    return store.read(
        h ->
            h.createQuery("SELECT " + COLUMNS + " FROM outputs WHERE name = :name")
                .bind("name", name)
                .map((rows, _) -> row(rows))
                .findOne());
  }

  /** Adds it, in place of the one of this name. */
  public void set(Output output) {
    store.write(
        h ->
            h.createUpdate(
                    "INSERT INTO outputs ("
                        + COLUMNS
                        + ") VALUES (:name, :kind, :settings, :secrets, :by, :at)"
                        + " ON CONFLICT (name) DO UPDATE SET kind = excluded.kind,"
                        + " settings = excluded.settings, secrets = excluded.secrets,"
                        + " changed_by = excluded.changed_by, changed_at = excluded.changed_at")
                .bind("name", output.name())
                .bind("kind", output.kind())
                .bind("settings", JsonTexts.of(output.settings()))
                .bind("secrets", output.secrets())
                .bind("by", output.changedBy())
                .bind("at", output.changedAt())
                .execute());
  }

  /** Whether it was there. */
  public boolean remove(String name) {
    return store.write(
        h ->
            h.createUpdate("DELETE FROM outputs WHERE name = :name").bind("name", name).execute()
                == 1);
  }

  private static Output row(ResultSet rows) throws SQLException {
    return new Output(
        rows.getString(1),
        rows.getString(2),
        JsonTexts.map(rows.getString(3)),
        rows.getBytes(4),
        rows.getString(5),
        rows.getLong(6));
  }
}
